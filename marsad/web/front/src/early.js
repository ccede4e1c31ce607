// Runs before the first paint: the chosen colours, and the news that scripts run. Everything else waits in marsad.js.
document.documentElement.dataset.script = "yes";
try {
  const chosen = localStorage.getItem("marsad-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the page then follows the machine.
}
