import htmx from "htmx.org/dist/htmx.esm.js";
import { confirmations } from "./js/confirm.js";
import { copying, origins } from "./js/copy.js";
import { evidence } from "./js/evidence.js";
import { keeping } from "./js/keep.js";
import { network } from "./js/network.js";
import { offline } from "./js/offline.js";
import { switches } from "./js/switches.js";
import { tables } from "./js/tables.js";

// A strict policy allows neither styles nor code written into a page.
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, allowScriptTags: false, selfRequestsOnly: true, historyCacheSize: 0 });

switches(document);
evidence(document, htmx);
confirmations(document);
network(document);
copying(document);
origins(document);
offline();
for (const here of document.querySelectorAll(":is(.tabs, .sections) [aria-current]")) {
  const [list, one] = [here.closest("ul"), here.getBoundingClientRect()];
  list.scrollLeft += one.left + one.width / 2 - list.getBoundingClientRect().left - list.clientWidth / 2;
}
document.querySelector(".summary[data-sent]")?.focus();
htmx.onLoad((part) => {
  tables(part);
  keeping(part);
});
