// The code page while it is shown: its live state, open comparison numbers, and the screen kept awake.

import { follow } from "./live.js";

const main = document.getElementById("main");
const words = document.getElementById("words").dataset;
const EVERY_MS = 2000;

function show({ seen, arrived, mutual, challenges }) {
  document.getElementById("mutual").hidden = !mutual;
  const badge = document.querySelector("#live .badge");
  badge.className = `badge ${arrived ? "good" : seen ? "blue" : ""}`;
  badge.textContent = arrived ? `${words.arrived} ${arrived}` : seen ? `${words.seen} ${seen}` : words.none;
  const place = document.getElementById("challenges");
  const shown = Array.from(place.querySelectorAll(".digits"), (node) => node.textContent).join();
  if (shown === challenges.join() && place.children.length) return;
  while (place.firstChild) place.removeChild(place.firstChild);
  for (const digits of challenges) place.append(paragraph("digits", digits));
  if (!challenges.length) place.append(paragraph("quiet", words.waiting));
}

function paragraph(className, text) {
  const node = document.createElement("p");
  node.className = className;
  node.textContent = text;
  return node;
}

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  await navigator.wakeLock.request("screen").catch(() => {});
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
follow(main.dataset.live, show, EVERY_MS);
