// The page of a job: its progress every second, and the page anew once it is over.

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

follow(main.dataset.live, show, 1000);
