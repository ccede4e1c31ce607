import { sky } from "../sky.js";

// A filter brings a new sky: it is woken as the first was.
sky(document);
document.addEventListener("htmx:afterSettle", () => {
  if (!document.querySelector(".sky-tip")) sky(document);
});
