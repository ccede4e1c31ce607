/** A link of class `evidence` opens what it points at in the panel at the inline end; without script it is an ordinary link. */
export function evidence(document, htmx) {
  const panel = document.getElementById("evidence");
  if (!panel) return;
  let asker = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.evidence");
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!panel.contains(link)) asker = link;
    open(link.href);
  });
  panel.querySelector("[data-close]").addEventListener("click", () => panel.close());
  panel.addEventListener("keydown", (event) => event.key === "Escape" && panel.close());
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("close", () => asker?.focus());

  function open(address) {
    const wide = window.matchMedia("(min-width: 64rem)").matches;
    if (!panel.open) wide ? panel.show() : panel.showModal();
    panel.setAttribute("aria-busy", "true");
    htmx
      .ajax("GET", address, { target: "#evidence-body", swap: "innerHTML", select: "#part > *" })
      .catch(() => window.location.assign(address))
      .finally(() => {
        panel.removeAttribute("aria-busy");
        panel.querySelector("h1, h2")?.setAttribute("tabindex", "-1");
        panel.querySelector("h1, h2")?.focus();
      });
  }
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target?.id === "evidence-body") window.location.assign(event.detail.pathInfo.requestPath);
  });
}
