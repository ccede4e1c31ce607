/** What cannot be undone is asked once more: a form or button with `data-confirm`, whose words name the thing. */
export function confirmations(document) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  const yes = dialog.querySelector("[value=yes]");
  document.addEventListener("submit", (event) => {
    const asks = event.submitter?.dataset.confirm ? event.submitter : event.target;
    if (!asks.dataset?.confirm || event.target.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(asks.dataset.confirm, asks.dataset.confirmButton || event.submitter?.textContent).then((sure) => {
      if (!sure) return;
      event.target.dataset.sure = "yes";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.sure;
    });
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, event.target.dataset.confirmButton || event.target.textContent).then((sure) => sure && event.detail.issueRequest(true));
  });

  function ask(question, verb) {
    dialog.querySelector("[data-question]").textContent = question;
    yes.textContent = verb.trim();
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
  }
}
