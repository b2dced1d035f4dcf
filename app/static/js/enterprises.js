// Enterprises as you type: what was typed in `search` is looked up, and each one found becomes a row of `found`.

const home = import.meta.url.split("/static/")[0]; // where the house begins: not at the root in a place to practise

/** `choice(enterprise)` makes the box or button that a row begins with. */
export function lookUpIn(search, found, choice) {
  let waiting = 0;

  function row(enterprise) {
    const label = Object.assign(document.createElement("label"), { className: "check" });
    const text = document.createElement("span");
    const code = Object.assign(document.createElement("span"), { className: "mono small quiet", textContent: enterprise.uscc || "" });
    text.append(enterprise.name, document.createElement("br"), code);
    label.append(choice(enterprise), text);
    const item = document.createElement("li");
    item.append(label);
    return item;
  }

  async function look() {
    const text = search.value.trim();
    if (text.length < 2) return;
    const answer = await fetch(`${home}/inspect/enterprises?q=${encodeURIComponent(text)}`).catch(() => null);
    if (!answer || !answer.ok || text !== search.value.trim()) return;
    const rows = (await answer.json()).map(row);
    while (found.firstChild) found.removeChild(found.firstChild);
    found.append(...rows);
  }

  search.addEventListener("input", (event) => {
    event.stopPropagation(); // what is looked for is not what is applied for
    clearTimeout(waiting);
    waiting = setTimeout(look, 250);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    look();
  });
}
