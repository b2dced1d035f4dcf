// Choosing enterprises from the registry: each one chosen is a line of the list.

const picker = document.getElementById("picker");
const search = document.getElementById("search");
const found = document.getElementById("found");
const list = document.getElementById("list");
let waiting = 0;

function choose(event) {
  const { line } = event.target.dataset;
  const lines = list.value.split("\n").filter((one) => one.trim() && one !== line);
  if (event.target.checked) lines.push(line);
  list.value = lines.map((one) => `${one}\n`).join("");
}

function option(enterprise) {
  const row = document.createElement("li");
  const label = Object.assign(document.createElement("label"), { className: "check" });
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  box.dataset.line = `${enterprise.uscc || ""}\t${enterprise.name}`.trim();
  box.checked = list.value.split("\n").includes(box.dataset.line);
  const text = document.createElement("span");
  text.append(enterprise.name, document.createElement("br"));
  text.append(Object.assign(document.createElement("span"), { className: "mono small quiet", textContent: enterprise.uscc || "" }));
  label.append(box, text);
  row.append(label);
  return row;
}

async function look() {
  const text = search.value.trim();
  if (text.length < 2) return;
  const answer = await fetch(`/inspect/enterprises?q=${encodeURIComponent(text)}`).catch(() => null);
  if (!answer || !answer.ok || text !== search.value.trim()) return;
  const rows = (await answer.json()).map(option);
  while (found.firstChild) found.removeChild(found.firstChild);
  found.append(...rows);
}

picker.hidden = false;
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 250);
});
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  look();
});
found.addEventListener("change", choose);
