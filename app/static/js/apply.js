// The application form with scripts: enterprises as you type, and only the fields that the chosen kind needs.

const search = document.getElementById("search");
const found = document.getElementById("found");
const uscc = document.getElementById("enterprise-uscc");
const name = document.getElementById("enterprise-name");
let waiting = 0;

function choose(event) {
  if (event.target.name !== "pick") return;
  uscc.value = event.target.value;
  name.value = event.target.dataset.name;
}

function option(enterprise) {
  const row = document.createElement("li");
  const label = document.createElement("label");
  label.className = "check";
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "pick", value: enterprise.uscc || "" });
  input.dataset.name = enterprise.name;
  const text = document.createElement("span");
  text.append(enterprise.name, document.createElement("br"));
  const code = Object.assign(document.createElement("span"), { className: "mono small quiet", textContent: enterprise.uscc || "" });
  text.append(code);
  label.append(input, text);
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

function fit() {
  const kind = document.querySelector("input[name=kind]:checked").value;
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind);
}

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
document.getElementById("kind").addEventListener("change", fit);
fit();
