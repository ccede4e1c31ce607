// "Use where I am": asks the browser, rounds to a hundred metres, and asks the page's own question with it.
const form = document.querySelector("#near-form");
const button = document.querySelector("#locate");
const said = document.querySelector("#said");

button?.addEventListener("click", () => {
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(3);
      form.elements.longitude.value = coords.longitude.toFixed(3);
      form.submit();
    },
    () => {
      button.disabled = false;
      said.textContent = button.dataset.refused;
      said.classList.remove("unseen");
    },
    { timeout: 10_000, maximumAge: 60_000 },
  );
});
