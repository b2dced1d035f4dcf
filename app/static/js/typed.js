// Nothing typed is lost: what a form holds when it is sent is kept in this tab until a page says that it arrived. It is
// filled in again where the session was over, the network was away or the house could not answer (docs/decisions/0054).
// Never kept: passwords and codes, files, and whatever stands inside [data-unkept].

const KEY = "jcm.typed";
const words = document.getElementById("typed").dataset;
const page = location.pathname + location.search;
const failed = "unsent" in document.documentElement.dataset; // a page to sign in, or one that says that nothing was done
const { who } = document.documentElement.dataset;

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write(entry) {
  try {
    if (entry) sessionStorage.setItem(KEY, JSON.stringify(entry));
    else sessionStorage.removeItem(KEY);
  } catch {
    // A full or forbidden storage: the page works without.
  }
}

function isTyped(field) {
  if (!field.name || field.closest("[data-unkept]") || ["one-time-code", "current-password"].includes(field.autocomplete)) return false;
  return !["password", "file", "hidden", "submit", "button"].includes(field.type);
}

const boxes = ["checkbox", "radio"];
const typedOf = (form) => Array.from(form.elements).filter(isTyped);
const address = (form) => new URL(form.getAttribute("action") || page, location.href).pathname;

function sent(event) {
  const form = event.target;
  if (form.id === "leave") return write(null); // signing out
  if (form.method !== "post" || failed || event.defaultPrevented || "kept" in form.dataset) return;
  if (navigator.onLine === false) {
    event.preventDefault();
    return say(form, words.offline);
  }
  const fields = typedOf(form).filter((field) => !boxes.includes(field.type) || field.checked);
  const said = fields.flatMap((field) => Array.from(field.selectedOptions || [field], (one) => [field.name, one.value]));
  if (said.some(([, value]) => value)) write({ who, page, action: address(form), form: form.id, said, sent: true });
}

function say(place, text, ...more) {
  const old = document.getElementById("typed-said");
  if (old) old.remove();
  const box = Object.assign(document.createElement("div"), { id: "typed-said", className: "notice blue" });
  box.setAttribute("role", "status");
  const line = document.createElement("p");
  line.append(text, ...more);
  box.append(line);
  if (failed) place.append(box); // below what happened
  else place.prepend(box);
  box.scrollIntoView({ block: "center" });
}

function forget(form) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: words.forget });
  button.addEventListener("click", () => {
    write(null);
    if (form) form.reset();
    document.getElementById("typed-said").remove();
  });
  return button;
}

function fill(form, said) {
  const values = new Map();
  for (const [name, value] of said) values.set(name, [...(values.get(name) || []), value]);
  for (const field of typedOf(form)) {
    const found = values.get(field.name) || [];
    if (found.length && field.closest("details")) field.closest("details").open = true;
    if (boxes.includes(field.type)) field.checked = found.includes(field.value);
    else if (field.multiple) for (const one of field.options) one.selected = found.includes(one.value);
    else if (found.length) field.value = found.shift();
  }
}

/** Fills the form again where it stands on this page; elsewhere leads to it. */
function restore() {
  const entry = read();
  if (!entry || entry.sent || (who && entry.who !== who)) return;
  const there = Array.from(document.forms).filter((one) => one.method === "post" && address(one) === entry.action && typedOf(one).length);
  const form = there.find((one) => one.id === entry.form) || there[0]; // several steps of one thing share an address
  if (form && !failed) {
    fill(form, entry.said);
    say(form, words.restored, " ", forget(form));
  } else if ((failed || entry.page !== page) && !document.querySelector("input[name=next]")) {
    const link = Object.assign(document.createElement("a"), { href: entry.page, textContent: words.back });
    say(document.getElementById("main"), words.waiting, " ", link, " ", forget(null));
  }
  if (failed) for (const next of document.querySelectorAll("input[name=next]")) next.value = entry.page;
}

/** What became of what was sent: a page that came in answer to it says so; going back or loading again does not. */
function judge() {
  const entry = read();
  if (!entry) return;
  const [{ type, redirectCount }] = performance.getEntriesByType("navigation");
  const answered = type === "navigate" || redirectCount > 0;
  if (entry.who && who && entry.who !== who) write(null); // somebody else works in this tab
  else if (entry.sent && answered && !failed) write(null);
  else write({ ...entry, sent: false });
}

document.addEventListener("submit", sent);
document.addEventListener("jcm-shown", restore); // a part of a page was loaded (js/desk.js)
judge();
restore();
