// The head's list: one box that selects everything the rules say nothing about.

const every = document.getElementById("every");
const boxes = Array.from(document.querySelectorAll("input[name=id][data-calm]"));

if (every) every.parentElement.hidden = boxes.length < 2;
if (every) every.addEventListener("change", () => {
  for (const box of boxes) box.checked = every.checked;
});
