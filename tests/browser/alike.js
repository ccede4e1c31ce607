/** Of rows, items and marks made alike only the first two stay: axe is slow, and says of the third what it says of the first. */
() => {
  const REPEATED = "tr, li, option, article, g, path, circle, rect, line, text";
  const TOLD = /^(class|type|role|style|fill|stroke|lang|dir|disabled|hidden|aria-(?!label|describedby|controls).*)$/;
  const isSaid = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();

  /** What of an element axe may find wrong: its marks, whether it says something, and the same of all inside. */
  function shape(element) {
    const marks = [...element.attributes].map(({ name, value }) => (TOLD.test(name) ? `${name}=${value}` : `${name}${value ? "" : "="}`));
    const inside = [...element.children].map(shape);
    return `${element.localName}[${marks.sort()}]${[...element.childNodes].some(isSaid) ? "+" : ""}(${inside})`;
  }

  // From the inside out: what holds more of the same is alike then too.
  for (const around of [...document.querySelectorAll("body *")].reverse()) {
    const found = new Map();
    for (const one of [...around.children].filter((child) => child.matches(REPEATED))) {
      const alike = shape(one);
      found.set(alike, (found.get(alike) ?? 0) + 1);
      if (found.get(alike) > 2) one.remove();
    }
  }
}
