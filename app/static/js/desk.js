// Lists by keyboard: j and k move, x selects, Enter opens beside the list, a/s/d act on what is selected, z takes the last step back, / searches,
// ? shows help. Everything works without.

const links = Array.from(document.querySelectorAll(".row-link"));
const beside = document.getElementById("beside");
let at = -1;

function move(step) {
  if (!links.length) return;
  at = Math.max(0, Math.min(links.length - 1, at + step));
  for (const link of links) link.closest("tr")?.classList.remove("at");
  links[at].closest("tr")?.classList.add("at");
  links[at].focus();
  links[at].scrollIntoView({ block: "nearest" });
  if (beside && !beside.hidden) open(links[at]);
}

async function open(link) {
  const answer = await fetch(`${link.pathname}?beside=1`);
  if (!answer.ok) return;
  const page = document.implementation.createHTMLDocument("");
  const parsed = window.trustedTypes ? policy().createHTML(await answer.text()) : await answer.text();
  page.body.innerHTML = parsed;
  beside.replaceChildren(...Array.from(page.body.childNodes, (node) => document.importNode(node, true)));
  beside.hidden = false;
  document.dispatchEvent(new Event("jcm-shown"));
  beside.scrollTop = 0;
}

let made = null;
function policy() {
  made ??= window.trustedTypes.createPolicy("beside", { createHTML: (text) => text }); // our own page, same origin
  return made;
}

function pick(box) {
  if (box) box.checked = !box.checked;
}

function act(action) {
  const form = document.querySelector(".inbox-form");
  if (!form) return;
  const boxes = Array.from(form.querySelectorAll("input[name=flags]"));
  if (!boxes.some((box) => box.checked) && at >= 0) boxes[at].checked = true;
  const note = document.getElementById("bulk-note");
  const button = form.querySelector(`button[value=${action}]`);
  if (action !== "assign" && !note.value.trim()) {
    note.focus();
    note.scrollIntoView({ block: "center" });
  } else button.focus();
}

function key(event) {
  const search = document.getElementById("q");
  const keys = document.getElementById("keys");
  const box = at >= 0 ? links[at].closest("tr")?.querySelector("input[name=flags]") : null;
  const doing = {
    j: () => move(1),
    k: () => move(-1),
    x: () => pick(box),
    a: () => act("assign"),
    s: () => act("send"),
    d: () => act("set_aside"),
    z: () => document.getElementById("undo")?.click(),
    "/": () => search?.focus(),
    "?": () => {
      if (!keys) return;
      keys.open = !keys.open;
      keys.scrollIntoView({ block: "nearest" });
    },
    Escape: () => {
      if (beside) beside.hidden = true;
      if (at >= 0) links[at].focus();
    },
  }[event.key];
  if (!doing) return;
  event.preventDefault();
  doing();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, select, input:not([type=checkbox])") && event.key !== "Escape") return;
  if (event.key === "Enter" && beside && event.target.matches(".row-link")) {
    event.preventDefault();
    at = links.indexOf(event.target);
    open(event.target);
  } else key(event);
});

document.getElementById("all")?.addEventListener("change", (event) => {
  for (const box of document.querySelectorAll("input[name=flags]")) box.checked = event.target.checked;
});

// On a phone a long filter folds away, so that the list is the first thing to see.

const filters = document.querySelector("form.filters");
if (filters && filters.dataset.fold && window.matchMedia("(max-width: 600px)").matches) {
  const fold = document.createElement("details");
  const summary = Object.assign(document.createElement("summary"), { textContent: filters.dataset.fold });
  // Open where somebody filtered; that only open flags are shown is what every way into the list asks for.
  fold.open = Array.from(new URLSearchParams(location.search)).some(([name, value]) => value && name !== "open");
  filters.before(fold);
  fold.append(summary, filters);
}
