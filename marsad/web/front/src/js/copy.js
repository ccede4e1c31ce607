import { say } from "./say.js";

/** A button with `data-copy` copies its text, or the address of the page where it has none. */
export function copying(document) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy || window.location.href);
    button.dataset.before ??= button.textContent;
    button.textContent = button.dataset.done;
    say(button.dataset.done);
    setTimeout(() => (button.textContent = button.dataset.before), 2000);
  });
}
