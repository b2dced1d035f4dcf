// A button that prints the page; without a script it stays hidden and the browser's own menu serves.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
