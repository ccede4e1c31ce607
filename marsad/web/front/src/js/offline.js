/** Have the browser keep the page that says there is no network. */
export function offline() {
  if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/worker.js").catch(() => {});
}
