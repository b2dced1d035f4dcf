// The page of a job: its progress every second, and what came of it once it is over.

import { follow } from "./live.js";

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const count = document.getElementById("count");

function show({ state, done, total }) {
  if (state === "done" || state === "failed") location.reload();
  bar.max = total || 1;
  bar.value = done;
  if (total) count.textContent = `${done.toLocaleString("en")} / ${total.toLocaleString("en")}`;
}

// Over, and its result has a page that says all: no button to press on the way there.
const onward = document.getElementById("onward");
if (onward) location.replace(onward.href);
else follow(main.dataset.live, show, 1000);
