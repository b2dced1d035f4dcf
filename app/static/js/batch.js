// Choosing enterprises from the registry: each one chosen is a line of the list.

import { lookUpIn } from "./enterprises.js";

const found = document.getElementById("found");
const list = document.getElementById("list");

function choose(event) {
  const { line } = event.target.dataset;
  const lines = list.value.split("\n").filter((one) => one.trim() && one !== line);
  if (event.target.checked) lines.push(line);
  list.value = lines.map((one) => `${one}\n`).join("");
}

function option(enterprise) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  box.dataset.line = `${enterprise.uscc || ""}\t${enterprise.name}`.trim();
  box.checked = list.value.split("\n").includes(box.dataset.line);
  return box;
}

document.getElementById("picker").hidden = false;
lookUpIn(document.getElementById("search"), found, option);
found.addEventListener("change", choose);
