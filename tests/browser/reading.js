/** All that a reader trips over. Words of formats and of codes may stand in either language; names are set apart by elements. */
() => {
  const arabic = document.documentElement.lang === "ar";
  const side = arabic ? "rtl" : "ltr";
  const own = arabic ? /[\u0621-\u064a]/ : /[A-Za-z]/;
  const foreign = arabic ? /\.?[A-Za-z][\w’'.@:/+-]*/g : /[\u0621-\u064a]{2,}/g;
  const SAME_IN_BOTH = new Set(["Parquet", "ETag", "kB"]);
  // What says that it is of another language, a code, or a name; languages are chosen by what they call themselves.
  const marked = `code, bdi, samp, kbd, script, style, [translate=no], [name=language] option, [lang]:not(html, [lang=${arabic ? "ar" : "en"}])`;
  // What only readers of screens are told is one point large on purpose, and what is typed in scrolls.
  const excused = ".unseen, .skip, textarea";
  const found = [];
  const say = (what, element, text) => found.push(`${what}: ${text.trim().slice(0, 120)} <${element.localName} class="${element.getAttribute("class") ?? ""}">`);

  /** Abbreviations, and what has signs in it that no word has. */
  function isCode(written) {
    const word = written.replace(/[.:'’]+$/, "");
    return SAME_IN_BOTH.has(word) || /^[A-Z]{2,5}$/.test(word) || /[\d_@:/.+-]/.test(word);
  }

  function untranslated(element, text) {
    if (element.closest(marked)) return;
    // Pictures set names apart by signs, since a drawing has no elements for it.
    const plain = text.replace(/[\u2066-\u2068][^\u2069]*\u2069/g, " ");
    const words = (plain.match(foreign) ?? []).filter((word) => !isCode(word));
    // A sentence may say the name of a column or of a value, in small letters and one at a time.
    const names = arabic && own.test(plain) && words.every((word) => word === word.toLowerCase()) && !/[a-z]{2,} [a-z]{2,}/.test(plain);
    if (words.length && !names) say("another language", element, text);
  }

  function isSeen(element) {
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(excused);
  }

  function cutOff(element, text) {
    const box = element.getBoundingClientRect();
    const picture = element.closest("svg");
    if (picture) {
      if (element.getScreenCTM().a < 0) say("mirrored", element, text);
      const frame = picture.getBoundingClientRect();
      const out = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top - 1, box.bottom - frame.bottom - 1);
      if (out > 1) say("cut off", element, text);
      return;
    }
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (style.display === "inline") continue;
      if (new DOMMatrix(style.transform).a < 0) return say("mirrored", element, text);
      const across = /hidden|clip/.test(style.overflowX) && around.scrollWidth > around.clientWidth + 1;
      const down = /hidden|clip/.test(style.overflowY) && around.scrollHeight > around.clientHeight + 2;
      if (across || down) return say("cut off", element, text);
    }
  }

  function wronglySet(element, text) {
    if (element.closest("svg, [dir]:not(html), bdi, code, input, select, option")) return;
    const style = getComputedStyle(element);
    if (style.direction !== side) say("set from the wrong side", element, text);
    if (style.textAlign === (arabic ? "left" : "right")) say("stands at the wrong side", element, text);
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const looked = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.data;
    if (!text.trim() || element.closest("script, style, title, desc, template")) continue;
    untranslated(element, text);
    if (looked.has(element) || !isSeen(element)) continue;
    looked.add(element);
    cutOff(element, text);
    wronglySet(element, text);
  }
  untranslated(document.documentElement, document.title);
  for (const name of ["aria-label", "title", "alt", "placeholder", "data-confirm", "data-confirm-button", "data-column"]) {
    for (const element of document.querySelectorAll(`body [${name}]`)) untranslated(element, element.getAttribute(name));
  }
  for (const button of document.querySelectorAll("button, .button, select, th, summary")) {
    if (isSeen(button) && button.scrollWidth > button.clientWidth + 1 && getComputedStyle(button).display !== "inline") say("cut off", button, button.textContent);
  }
  return found;
}
