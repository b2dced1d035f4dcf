// Small words for building the page: text only, never markup from outside.

import { say } from "./words.js";

export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

export function clear(node) {
  while (node.firstChild) node.removeChild(node.firstChild);
}

export function fact(list, label, value, large = false) {
  const row = element("div", large ? "fact large" : "fact", "");
  row.append(element("dt", "", label), element("dd", "", value));
  list.append(row);
}

// The officers whose certificates the register does not vouch for today (docs/decisions/0058).
export const toCheck = (inspection) => ((inspection && inspection.officers) || []).filter((one) => one.check_first);

// Names, below the certificates, those that are asked about first.
export function checkFirst(list, inspection) {
  const numbers = toCheck(inspection).map((one) => one.certificate_no);
  if (numbers.length) list.append(element("p", "notice", say("officersCheckFirst", { numbers: numbers.join("、") })));
}

const MOODS = { valid: "good", registered: "good", proven: "good", not_yet_valid: "care", expired: "care", completed: "care" };

// Sign, word and sentence; colour is the third sign, never the only one.
export function show(place, verdict, sign, word, sentence) {
  clear(place);
  place.className = `verdict ${MOODS[verdict] || (sign === "!" ? "care" : "bad")}`;
  place.dataset.verdict = verdict;
  const mark = element("span", "sign", sign);
  mark.setAttribute("aria-hidden", "true");
  place.append(mark, element("strong", "word", word), element("span", "sentence", sentence));
}

export const byId = (id) => document.getElementById(id);

const pad = (n) => String(n).padStart(2, "0");

// A time in seconds as people in Shanghai write it.
export function moment(seconds) {
  const shanghai = new Date((seconds + 8 * 3600) * 1000);
  const day = `${shanghai.getUTCFullYear()}-${pad(shanghai.getUTCMonth() + 1)}-${pad(shanghai.getUTCDate())}`;
  return `${day} ${pad(shanghai.getUTCHours())}:${pad(shanghai.getUTCMinutes())}`;
}

// Shows the result with its one link; `target` null: none.
export function lead(target, text) {
  const link = byId("open");
  if (target) link.href = target;
  else link.removeAttribute("href");
  link.textContent = text || "";
  byId("result").hidden = false;
  byId("ways").hidden = true;
  byId("verdict").focus();
}

// A result that is no verdict of a code: nothing but what is said.
export function plainResult(verdict, sign, word, sentence) {
  show(byId("verdict"), verdict, sign, word, sentence);
  clear(byId("facts"));
  byId("register").textContent = "";
  byId("offline-note").textContent = "";
  lead(null);
}
