// A form with `data-keep` keeps what was typed until the server has it: a lost connection or a closed page costs nothing.
const UNKEPT = new Set(["password", "hidden", "file", "submit", "button"]);

export function keeping(part) {
  const forms = part.matches?.("form[data-keep]") ? [part] : part.querySelectorAll("form[data-keep]");
  forget(forms);
  for (const form of forms) keep(form, nameOf(form));
}

function nameOf(form) {
  return `marsad-form:${window.location.pathname}:${form.dataset.keep}`;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !UNKEPT.has(field.type));
}

function keep(form, name) {
  const sent = form.querySelector("[aria-invalid=true]") !== null || form.dataset.bound !== undefined;
  if (!sent) restore(form, read(name));
  form.addEventListener("input", () => {
    const typed = fieldsOf(form).map((field) => [field.name, field.value, field.checked ?? null, field.type]);
    write(name, { typed, sent: false });
  });
  form.addEventListener("submit", () => {
    const kept = read(name);
    if (kept) write(name, { ...kept, sent: true });
  });
}

function restore(form, kept) {
  if (!kept || kept.sent) return;
  for (const [name, value, checked, type] of kept.typed) {
    for (const field of fieldsOf(form).filter((field) => field.name === name && field.type === type)) {
      if (type !== "checkbox" && type !== "radio") field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
  const said = form.querySelector("[data-restored]");
  if (said) said.hidden = false;
}

/** What was sent and is asked for no more has arrived. */
function forget(forms) {
  try {
    const here = new Set([...forms].map(nameOf));
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith("marsad-form:") && !here.has(name) && read(name)?.sent) sessionStorage.removeItem(name);
    }
  } catch {
    // Storage may be forbidden; forms then work as they always did.
  }
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // As above.
  }
}
