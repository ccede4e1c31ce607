/**
 * The sky answers to the pointer, to the keyboard and to a search; without script it is a picture of links with its table.
 *
 * Hover or focus names a star. One tab stop; left and right go on along the score within a kind, up and down to the nearest score
 * of the next kind, Home and End to the ends of a kind, Enter opens the channel. `[data-sky-search]` lights up what it finds,
 * `[data-sky-filter=kind]` and `[data-sky-filter=star]` dim the rest; `[data-sky-found]` is told how many.
 */
export function sky(document) {
  for (const svg of document.querySelectorAll("svg.sky")) bring(svg);
}

/** So many found stars at most have a frame; among more it would hide what it frames. */
const FEW = 12;

function bring(svg) {
  const kinds = [...svg.querySelectorAll("g.kind")].map((kind) => [...kind.querySelectorAll("a[data-code]")].sort(byScore));
  const stars = kinds.flat();
  if (!stars.length) return;
  const names = new Map(stars.map((star) => [star, normal(star.getAttribute("aria-label"))]));
  const tip = tipIn(svg);
  svg.addEventListener("pointerover", (event) => show(event.target.closest("a[data-code]")));
  svg.addEventListener("pointerleave", () => show(svg.contains(document.activeElement) ? document.activeElement.closest("a[data-code]") : null));
  // On the field around it: a drawing that listens to focus itself becomes a tab stop of its own in Chromium.
  svg.parentElement.addEventListener("focusin", (event) => {
    const star = event.target.closest("svg.sky a[data-code]");
    if (star) stop(star);
    show(star);
  });
  svg.parentElement.addEventListener("focusout", () => show(null));
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return show(null);
    const next = event.ctrlKey || event.altKey || event.metaKey ? null : step(event.key, event.target.closest("a[data-code]"));
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  const inputs = [...document.querySelectorAll("[data-sky-search], [data-sky-filter]")];
  for (const input of inputs) input.addEventListener("input", sift);
  if (inputs.some((input) => input.value)) sift();

  /** Only one star is a tab stop: the last one that had the focus. */
  function stop(star) {
    for (const other of stars) if (other !== star && other.tabIndex === 0) other.setAttribute("tabindex", "-1");
    star.setAttribute("tabindex", "0");
  }

  /** The star a key leads to, dimmed ones left out; in Arabic the scores grow to the left. */
  function step(key, star) {
    if (!star) return null;
    const lit = kinds.map((kind) => kind.filter((other) => other === star || !other.hasAttribute("data-dim")));
    const row = lit.findIndex((kind) => kind.includes(star));
    const kind = lit[row];
    const along = kind.indexOf(star);
    const onward = svg.getAttribute("lang") === "ar" ? "ArrowLeft" : "ArrowRight";
    if (key === "Home") return kind[0];
    if (key === "End") return kind.at(-1);
    if (key === "ArrowLeft" || key === "ArrowRight") return kind[along + (key === onward ? 1 : -1)];
    if (key !== "ArrowUp" && key !== "ArrowDown") return null;
    const way = key === "ArrowDown" ? 1 : -1;
    for (let other = row + way; lit[other]; other += way) if (lit[other].length) return nearest(lit[other], star);
    return null;
  }

  /** Search and filters together: what they leave is lit, the rest dimmed and out of the arrows' way. */
  function sift() {
    const words = inputs.filter((input) => "skySearch" in input.dataset).flatMap((input) => normal(input.value).split(" ").filter(Boolean));
    const asked = inputs.filter((input) => input.dataset.skyFilter && input.value);
    let found = 0;
    for (const star of stars) {
      const kept =
        words.every((word) => names.get(star).includes(word)) && asked.every((input) => star.dataset[input.dataset.skyFilter] === input.value);
      star.toggleAttribute("data-dim", !kept);
      star.toggleAttribute("data-lit", kept && words.length > 0);
      found += kept;
    }
    svg.toggleAttribute("data-few", found <= FEW);
    const still = stars.find((star) => star.tabIndex === 0);
    const first = stars.find((star) => !star.hasAttribute("data-dim"));
    if (first && still?.hasAttribute("data-dim")) stop(first);
    for (const place of document.querySelectorAll("[data-sky-found]")) place.textContent = found;
  }

  /** Name a star beside it, or nobody. */
  function show(star) {
    tip.hidden = !star;
    if (!star) return;
    tip.textContent = star.getAttribute("aria-label");
    const at = star.getBoundingClientRect();
    const around = tip.offsetParent.getBoundingClientRect();
    const left = at.left + at.width / 2 - tip.offsetWidth / 2 - around.left;
    const above = at.top - around.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(0, Math.min(left, around.width - tip.offsetWidth))}px`;
    tip.style.top = `${above > 0 ? above : at.bottom - around.top + 8}px`;
  }
}

/** The place for the name; a reader has it from the star itself. */
function tipIn(svg) {
  const tip = svg.ownerDocument.createElement("p");
  tip.className = "sky-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  tip.dir = "auto";
  svg.parentElement.classList.add("sky-field");
  svg.after(tip);
  return tip;
}

function byScore(one, other) {
  return score(one) - score(other) || (one.dataset.code < other.dataset.code ? -1 : 1);
}

/** A channel without a score stands before all others. */
function score(star) {
  return star.dataset.score === undefined ? -Infinity : Number(star.dataset.score);
}

function nearest(stars, star) {
  const wanted = score(star);
  if (wanted === -Infinity) return stars[0];
  return stars.reduce((best, other) => (Math.abs(score(other) - wanted) < Math.abs(score(best) - wanted) ? other : best));
}

/** Names as people type them: without marks and lengthening, the forms of alef, yeh, teh and hamza as one, signs of direction dropped. */
function normal(text) {
  return text
    .normalize("NFKD")
    .replace(/[\p{Mn}\u0640\u2066-\u2069]/gu, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/[ىئ]/g, "ي")
    .replace(/ؤ/g, "و")
    .replace(/ة/g, "ه")
    .toLowerCase();
}
