/** The switches of the header: colours and language are remembered here, folds close when one looks elsewhere. */
export function switches(document) {
  const root = document.documentElement;
  for (const choice of document.querySelectorAll("input[name=theme]")) {
    choice.checked = choice.value === (root.dataset.theme ?? "auto");
    choice.addEventListener("change", () => showIn(choice.value));
  }
  document.addEventListener("click", ({ target }) => {
    const language = target.closest?.("a[data-language]");
    if (language) document.cookie = `marsad_language=${language.dataset.language};path=/;max-age=31536000;samesite=lax`;
    for (const fold of document.querySelectorAll("details.fold[open]")) if (!fold.contains(target)) fold.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && event.target.closest?.("details.fold[open]");
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });

  function showIn(theme) {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      if (theme === "auto") localStorage.removeItem("marsad-theme");
      else localStorage.setItem("marsad-theme", theme);
    } catch {
      // Storage may be forbidden; the choice then lasts for this page.
    }
  }
}
