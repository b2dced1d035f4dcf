// The page of a visit that waits for its head: what was decided shows itself, and nothing else on the page moves.

import { follow } from "./live.js";

const place = document.getElementById("waiting");

function show({ waits, state }) {
  if (waits) return false;
  const said = Array.from(document.querySelectorAll("template.decided")).find(({ dataset }) => [state, "other"].includes(dataset.state));
  place.classList.replace("blue", state === "rejected" ? "care" : "good");
  document.getElementById("state").hidden = true; // what it says was true before
  place.replaceChildren(said.content);
  return true;
}

if (place) follow(place.dataset.live, show, 1500, 20000);
