// Sends what was written without a network, once there is one, and says what became of it. Sent twice, it is made once.

import { over, queue, queued, unqueue } from "./kept.js";

const home = import.meta.url.split("/static/")[0]; // where the house begins: not at the root in a place to practise
const main = document.getElementById("main");
const actor = main.dataset.actor;
const list = document.getElementById("outbox");
const words = (document.getElementById("words") || { dataset: {} }).dataset;
let busy = false;

function dropper(entry, box) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.drop });
  button.addEventListener("click", () => {
    unqueue(actor, entry.key);
    box.remove();
  });
  return button;
}

function say(entry, text, link) {
  if (!list) return;
  const id = `kept-${entry.key}`;
  const box = document.getElementById(id) || Object.assign(document.createElement("div"), { id, className: "kept" });
  while (box.firstChild) box.removeChild(box.firstChild);
  const line = document.createElement("p");
  line.append(`${entry.title || ""} · ${text}`);
  box.append(line);
  if (link) {
    const row = document.createElement("p");
    row.append(Object.assign(document.createElement("a"), { href: link.href, textContent: link.text }));
    if (entry.errors) row.append(" ", dropper(entry, box));
    box.append(row);
  }
  box.classList.toggle("done", Boolean(link && link.done));
  list.append(box);
}

function body(entry) {
  const data = new FormData();
  for (const [name, value] of entry.fields) data.append(name, value);
  data.set("client_key", entry.key);
  data.set("begun_at", entry.begun);
  return data;
}

async function send(entry) {
  const answer = await fetch(`${home}/inspect/apply/later`, { method: "POST", body: body(entry), redirect: "manual" });
  if (answer.type === "opaqueredirect") return say(entry, words.signin, { href: `${home}/login?next=/inspect/`, text: words.signin });
  if (answer.status === 201) {
    const made = await answer.json();
    over(entry.key);
    return say(entry, words.sent, { href: made.url, text: made.number, done: true });
  }
  if (answer.status === 422) {
    const { errors } = await answer.json();
    const wrong = { ...entry, errors };
    queue(actor, wrong);
    return say(wrong, `${words.wrong}：${Object.values(errors).join(" ")}`, { href: `${home}/inspect/apply?kept=${entry.key}`, text: words.open });
  }
  return say(entry, words.queued);
}

/** Sends what waits, one after another; a lost network leaves the rest for the next time. */
export async function flush() {
  if (busy || !list) return;
  busy = true;
  try {
    for (const entry of queued(actor)) {
      if (entry.errors) {
        say(entry, `${words.wrong}：${Object.values(entry.errors).join(" ")}`, { href: `${home}/inspect/apply?kept=${entry.key}`, text: words.open });
        continue;
      }
      say(entry, words.queued);
      await send(entry);
    }
  } catch (error) {
    // No network yet: `online` calls again.
  }
  busy = false;
}

window.addEventListener("online", flush);
flush();
