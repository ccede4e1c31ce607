import { say } from "./say.js";

/** A command is written for the address at which the server is known; here it is for the one at which it was found. */
export function origins(document) {
  for (const command of document.querySelectorAll("[data-origin]")) {
    const [known, found] = [command.dataset.origin, window.location.origin];
    const [code, button] = [command.querySelector("code"), command.querySelector("[data-copy]")];
    code.textContent = code.textContent.replaceAll(known, found);
    if (button) button.dataset.copy = button.dataset.copy.replaceAll(known, found);
  }
}

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
