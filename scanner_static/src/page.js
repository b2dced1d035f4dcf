// Small words for building the page: text only, never markup from outside.

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

const MOODS = { valid: "good", registered: "good", not_yet_valid: "care", expired: "care", completed: "care" };

// Sign, word and sentence; colour is the third sign, never the only one.
export function show(place, verdict, sign, word, sentence) {
  clear(place);
  place.className = `verdict ${MOODS[verdict] || (sign === "!" ? "care" : "bad")}`;
  place.dataset.verdict = verdict;
  const mark = element("span", "sign", sign);
  mark.setAttribute("aria-hidden", "true");
  place.append(mark, element("strong", "word", word), element("span", "sentence", sentence));
}
