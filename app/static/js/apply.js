// The application form with scripts: enterprises as you type, blocks that fill each other, and nothing typed is lost:
// kept on the device at once, as a draft of the unit a little later, and in the outbox where there is no network.

import { lookUpIn } from "./enterprises.js";
import { forgetForm, keepForm, keptForm, newKey, queue, queued } from "./kept.js";
import { flush } from "./outbox.js";

const home = import.meta.url.split("/static/")[0]; // where the house begins: not at the root in a place to practise
const DRAFT_AFTER = 8000;
const main = document.getElementById("main");
const form = document.getElementById("apply");
const words = document.getElementById("words").dataset;
const found = document.getElementById("found");
const uscc = document.getElementById("enterprise-uscc");
const name = document.getElementById("enterprise-name");
const exception = document.getElementById("exception");
const { actor } = main.dataset;
const asked = new URLSearchParams(location.search).get("kept");
const anew = ["new", "typed"].includes(main.dataset.form);
const formId = anew ? sessionStorage.getItem("jcm.form") || "new" : main.dataset.form;
let begun = "";
let keeping = 0;
let drafting = 0;

sessionStorage.setItem("jcm.form", formId);

// Enterprises as you type, and what is known of the chosen one

async function choose(event) {
  if (event.target.name !== "pick") return;
  uscc.value = event.target.value;
  name.value = event.target.dataset.name;
  changed();
  if (!uscc.value) return;
  const answer = await fetch(`${home}/inspect/apply/hints?uscc=${encodeURIComponent(uscc.value)}`).catch(() => null);
  if (!answer || !answer.ok) return;
  const known = await answer.json();
  if (!known || !known.last) return;
  const filled = !form.querySelector("input[name=items]:checked") && tick(known.last.items);
  const place = document.getElementById("place-address");
  if (!place.value) place.value = known.last.place_address;
  document.getElementById("hint").textContent = `${words.last} ${known.last.day}${filled ? words.filled : ""}`;
  changed();
}

function tick(items) {
  const boxes = Array.from(form.querySelectorAll("input[name=items]")).filter((box) => items.includes(box.value));
  for (const box of boxes) box.checked = true;
  return boxes.length > 0;
}

function option(enterprise) {
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "pick", value: enterprise.uscc || "" });
  input.dataset.name = enterprise.name;
  return input;
}

// Only the fields that the chosen kind needs

function fit() {
  const kind = document.querySelector("input[name=kind]:checked").value;
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind);
  document.getElementById("exception-more").hidden = !exception.value;
}

function planned(event) {
  if (event.target.id !== "plan_code" || !event.target.options) return;
  const plan = event.target.selectedOptions[0];
  if (plan.value && !form.querySelector("input[name=items]:checked")) tick(plan.dataset.items.split(" "));
}

// Kept on this device

function fields() {
  return Array.from(new FormData(form)).filter(([field, value]) => typeof value === "string" && !["search", "pick", "begun_at"].includes(field));
}

function entry() {
  return { key: form.client_key.value, begun, at: new Date().toISOString(), title: name.value || uscc.value, fields: fields() };
}

function fill(kept) {
  const has = new Set(kept.fields.map(([field, value]) => `${field}\n${value}`));
  const values = new Map(kept.fields);
  for (const input of form.elements) {
    if (!input.name || ["search", "pick", "begun_at"].includes(input.name) || input.type === "submit") continue;
    if (["checkbox", "radio"].includes(input.type)) input.checked = has.has(`${input.name}\n${input.value}`);
    else if (input.multiple) for (const one of input.options) one.selected = has.has(`${input.name}\n${one.value}`);
    else input.value = values.get(input.name) || "";
  }
  for (const more of form.querySelectorAll("details")) if (more.querySelector("input:checked")) more.open = true;
  begun = kept.begun;
}

function restore() {
  const kept = asked ? queued(actor).find((one) => one.key === asked) : main.dataset.form === "typed" ? null : keptForm(actor, formId);
  if (main.dataset.form === "typed" && !asked) begun = (keptForm(actor, formId) || {}).begun || new Date().toISOString();
  if (!kept) return;
  fill(kept);
  document.getElementById("restored").hidden = false;
  const when = `${words.begun} ${new Date(kept.begun).toLocaleString(document.documentElement.lang)}`;
  document.getElementById("restored-at").textContent = [when, ...Object.values(kept.errors || {})].join(" ");
}

/** A new form has a key of its own, also where the page itself is a kept copy; the time follows the clock. */
function begin() {
  form.client_key.value = newKey();
  if (formId !== "new" || Date.now() / 1000 - Number(main.dataset.rendered) < 600) return;
  const start = new Date(Math.floor(Date.now() / 900000) * 900000 + 8 * 3600000); // Shanghai, as the server counts
  const text = (time) => time.toISOString().slice(0, 16);
  form.elements["window.start"].value = text(start);
  form.elements["window.end"].value = text(new Date(start.getTime() + 7200000));
}

function changed() {
  begun = begun || new Date().toISOString();
  clearTimeout(keeping);
  clearTimeout(drafting);
  keeping = setTimeout(() => keepForm(actor, formId, entry()), 200);
  drafting = setTimeout(draft, DRAFT_AFTER);
}

async function draft() {
  if (!navigator.onLine || !(name.value || uscc.value)) return;
  const answer = await fetch(`${home}/inspect/drafts`, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
  if (!answer || ![200, 409].includes(answer.status)) return;
  const said = await answer.json();
  if (answer.status === 200) {
    form.draft_revision.value = said.revision;
    keepForm(actor, formId, entry());
  }
  document.getElementById("saved").textContent = said.message || `${words.saved} ${said.saved}`;
}

// Without a network

function connected() {
  document.getElementById("offline").hidden = navigator.onLine;
  document.getElementById("next").hidden = !navigator.onLine;
}

function keepOffline() {
  if (!form.reportValidity()) return;
  begun = begun || new Date().toISOString();
  queue(actor, entry());
  clearTimeout(keeping);
  clearTimeout(drafting);
  forgetForm(actor, formId);
  form.reset();
  begun = "";
  begin();
  fit();
  flush();
  document.getElementById("outbox").scrollIntoView();
}

function submitted(event) {
  clearTimeout(drafting);
  keepForm(actor, formId, entry());
  if (navigator.onLine) return;
  event.preventDefault();
  connected();
}

async function work() {
  if (!("serviceWorker" in navigator) || home !== location.origin) return;
  const policy = window.trustedTypes && window.trustedTypes.createPolicy("apply", { createScriptURL: (url) => url });
  const url = `${home}/inspect/apply-worker.js`;
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(url) : url, { scope: `${home}/inspect/apply` });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("keep");
}

lookUpIn(document.getElementById("search"), found, option);
found.addEventListener("change", choose);
form.addEventListener("input", changed);
form.addEventListener("input", planned); // not on change: that comes with the tap on an item, which would untick it again
form.addEventListener("change", fit);
form.addEventListener("submit", submitted);
document.getElementById("keep-offline").addEventListener("click", keepOffline);
document.getElementById("forget").addEventListener("click", () => {
  forgetForm(actor, formId);
  sessionStorage.removeItem("jcm.form");
  location.assign(location.pathname + location.search); // an emergency stays one
});
window.addEventListener("online", connected);
window.addEventListener("offline", connected);
if (main.dataset.form !== "typed" && !main.dataset.form.startsWith("draft:")) begin();
restore();
fit();
connected();
work().catch(() => {}); // no kept page then; what is typed is kept all the same
