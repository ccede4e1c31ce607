import { say } from "./say.js";

const NARROW = matchMedia("(max-width: 40rem)");

/** Tables with `data-sortable` sort by the headings that say `data-sort`; those with `data-columns` let people choose columns: in a narrow window those with `data-spare` wait to be asked for. */
export function tables(part) {
  for (const table of part.querySelectorAll("table[data-sortable]")) sortable(table);
  for (const table of part.querySelectorAll("table[data-columns]")) chooser(table);
}

function sortable(table) {
  for (const heading of table.querySelectorAll("thead th[data-sort]")) {
    if (heading.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, heading));
  }
}

function sort(table, heading) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  const place = [...heading.parentElement.children].indexOf(heading);
  const compare = heading.dataset.sort === "number" ? numbers : new Intl.Collator(document.documentElement.lang).compare;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [valueOf(row.cells[place], heading.dataset.sort), row]);
  rows.sort(([one], [other]) => (down ? -1 : 1) * compare(one, other));
  body.append(...rows.map(([, row]) => row));
  for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  say(heading.textContent.trim());
}

function valueOf(cell, kind) {
  const text = cell?.dataset.value ?? cell?.textContent.trim() ?? "";
  return kind === "number" ? parseFloat(text.replaceAll(",", "").replace("−", "-")) : text;
}

/** What is not known stands last, whichever way one sorts upward. */
function numbers(one, other) {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) - Number.isNaN(other);
  return one - other;
}

function chooser(table) {
  const place = document.getElementById(table.dataset.columns);
  if (!place || place.querySelector("label")) return;
  const kept = `marsad-columns:${table.dataset.columns}`;
  const headings = [...table.tHead.rows[0].cells];
  const spared = NARROW.matches ? headings.filter((heading) => "spare" in heading.dataset).map((heading) => heading.dataset.column) : [];
  const hidden = new Set(JSON.parse(localStorage.getItem(kept)) ?? spared);
  headings.forEach((heading, number) => {
    if (!heading.dataset.column) return;
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !hidden.has(heading.dataset.column);
    label.append(box, heading.dataset.column);
    place.append(label);
    const show = () => {
      for (const row of table.rows) if (row.cells[number]) row.cells[number].hidden = !box.checked;
    };
    box.addEventListener("change", () => {
      box.checked ? hidden.delete(heading.dataset.column) : hidden.add(heading.dataset.column);
      localStorage.setItem(kept, JSON.stringify([...hidden]));
      show();
    });
    if (!box.checked) show();
  });
}
