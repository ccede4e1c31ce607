/** Tell people who listen to the page what has just happened. */
export function say(words) {
  const place = document.getElementById("said");
  if (place) place.textContent = words;
}
