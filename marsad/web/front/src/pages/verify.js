// The form arrives after the page: everything is heard at the document.
const zoneOf = (event) => event.target.closest?.(".drop");

function judged(form) {
  const said = form.querySelector(".wrong");
  const file = form.elements.bundle.files[0];
  const large = Boolean(file) && file.size > Number(form.dataset.most);
  said.textContent = large ? form.dataset.tooLarge : "";
  said.hidden = !large;
  const name = form.querySelector("output");
  name.textContent = file ? file.name : name.dataset.none;
  return !large;
}

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
}
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  delete zone.dataset.over;
  const input = zone.querySelector("input");
  if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  judged(input.form);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.(".check");
  if (form) judged(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.(".check");
  if (form && !judged(form)) event.preventDefault();
});
