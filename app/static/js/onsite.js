// The result while on site: kept on the phone at each keystroke, sent item by item when there is a network; photographs
// one at a time, so that one that fails takes no other with it. Everything works without script, by the buttons.

const home = import.meta.url.split("/static/")[0]; // where the house begins: not at the root in a place to practise
const visit = document.getElementById("main").dataset.visit;
const form = document.getElementById("visit");
const words = document.getElementById("words").dataset;
const told = document.getElementById("saved");
const KEY = `jcm-visit-${visit}`;
const RETRY_MS = 15000;
const WAIT_MS = 900;
let timer = 0;
let leaving = false; // the whole form is on its way: a draft must not come after it

document.documentElement.classList.add("scripted");

// ---- the draft

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    return {};
  }
}

function write(parts) {
  try {
    if (Object.keys(parts).length) localStorage.setItem(KEY, JSON.stringify(parts));
    else localStorage.removeItem(KEY);
  } catch {
    // A full or forbidden storage: the server's draft still works.
  }
}

function fieldsOf(part) {
  const found = {};
  for (const block of form.querySelectorAll("[data-part]")) {
    if (block.dataset.part !== part) continue;
    for (const field of block.querySelectorAll("input, select, textarea")) {
      if (!field.name || field.type === "file") continue;
      if ("proposed" in field.dataset && field.value === field.defaultValue) continue; // nobody said so: later it is another
      if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
      found[field.name] = field.value;
    }
  }
  return found;
}

function fill(fields) {
  for (const [name, value] of Object.entries(fields)) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
      else field.value = value;
    }
  }
}

// The phone's copy counts where it was not sent, or was kept only after this page had been made; else a colleague's does.
function restore() {
  for (const [part, { fields, unsent, at }] of Object.entries(read())) {
    const block = form.querySelector(`[data-part="${CSS.escape(part)}"]`);
    if (block && (unsent || at > Number(block.dataset.saved))) fill(fields);
  }
}

function changed(event) {
  const block = event.target.closest("[data-part]");
  if (!block || event.target.type === "file") return;
  follow(event.target, block);
  write({ ...read(), [block.dataset.part]: { fields: fieldsOf(block.dataset.part), unsent: true, at: 0 } });
  clearTimeout(timer);
  timer = setTimeout(send, WAIT_MS);
}

// A point with a problem makes the item one with a problem; all points without leave the officer to say so.
function follow(field, block) {
  if (!field.name.startsWith("point.") || field.value !== "problem_found" || !field.checked) return;
  const outcome = block.querySelector(`[name="outcome.${CSS.escape(block.dataset.part)}"][value="problem_found"]`);
  if (outcome) outcome.checked = true;
}

async function send() {
  clearTimeout(timer);
  if (leaving) return;
  for (const [part, { fields, unsent }] of Object.entries(read())) {
    if (!unsent) continue;
    const body = new URLSearchParams({ ...fields, part });
    const answer = await fetch(`${home}/inspect/${visit}/result/draft`, { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) {
      told.textContent = words.offline;
      timer = setTimeout(send, RETRY_MS);
      return;
    }
    const { saved, at } = await answer.json();
    const now = read();
    if (now[part] && JSON.stringify(now[part].fields) === JSON.stringify(fields)) now[part] = { fields, unsent: false, at };
    write(now);
    told.textContent = `${words.saved} ${saved}`;
  }
}

// ---- photographs

function tile(list, file) {
  const row = document.createElement("li");
  const image = document.createElement("img");
  image.alt = `${words.photo} ${list.children.length + 1}`;
  image.src = URL.createObjectURL(file);
  const state = document.createElement("span");
  row.append(image, state);
  list.append(row);
  return row;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

async function upload(row, item, file) {
  const state = row.lastElementChild;
  state.className = "quiet";
  state.textContent = words.sending;
  row.className = "";
  for (const old of row.querySelectorAll("button")) old.remove();
  const body = new FormData();
  body.append("item", item);
  body.append("photo", file);
  const answer = await fetch(`${home}/inspect/${visit}/photos`, { method: "POST", body }).catch(() => null);
  const told = answer ? await answer.json().catch(() => ({})) : {};
  state.textContent = "";
  if (answer && answer.ok && told.photos) {
    row.insertBefore(button(words.remove, () => remove(row, told.photos[0])), state);
    return;
  }
  row.className = "failed";
  state.className = "error";
  state.textContent = told.problem || words.failed;
  const again = () => upload(row, item, file);
  if (!told.problem) row.insertBefore(button(words.again, again), state);
  row.insertBefore(button(words.remove, () => row.remove()), state);
}

async function remove(row, id) {
  const answer = await fetch(`${home}/inspect/${visit}/photos/${id}/remove`, { method: "POST" }).catch(() => null);
  if (answer && answer.ok) row.remove();
}

async function picked(event) {
  const place = event.target.closest(".photos");
  if (event.target.type !== "file" || !place) return;
  const files = Array.from(event.target.files);
  event.target.value = "";
  const list = place.querySelector(".tiles");
  const rows = files.map((file) => [tile(list, file), file]);
  for (const [row, file] of rows) await upload(row, place.dataset.item, file);
}

form.addEventListener("input", changed);
form.addEventListener("change", picked);
form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("pageshow", () => {
  leaving = false; // back again, by the browser's own button
});
addEventListener("online", send);
restore();
send();
