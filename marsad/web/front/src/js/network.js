/** Say when the connection is gone, and that something is on its way when it takes a while. */
export function network(document) {
  const banner = document.getElementById("offline");
  const show = () => banner && (banner.hidden = navigator.onLine);
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();

  let waiting = null;
  const busy = () => (waiting ??= setTimeout(() => (document.documentElement.dataset.busy = "yes"), 250));
  const calm = () => {
    clearTimeout(waiting);
    waiting = null;
    delete document.documentElement.dataset.busy;
  };
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.dataset.quietly === undefined && busy());
  document.addEventListener("htmx:afterRequest", calm);
  document.addEventListener("submit", (event) => event.defaultPrevented || busy());
  window.addEventListener("pageshow", calm);
  window.addEventListener("pagehide", calm);
}
