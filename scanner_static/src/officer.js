// The officer's page /inspect/scan: the camera or a photo reads the enterprise's code or its licence into the form and
// sends it. What it means is decided on the server; without this script the form still takes what is typed.

import { film } from "./camera.js";
import { readFile } from "./decode.js";

const byId = (id) => document.getElementById(id);
const form = byId("scan");
let stopCamera = null;

function send(text, how) {
  byId("text").value = text.slice(0, 4096);
  byId("how").value = how;
  if (navigator.vibrate) navigator.vibrate(60);
  form.submit();
}

function say(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

function close() {
  if (stopCamera) stopCamera();
  stopCamera = null;
  byId("viewfinder").hidden = true;
  byId("ways").hidden = false;
}

async function open() {
  say("");
  byId("viewfinder").hidden = false;
  byId("ways").hidden = true;
  try {
    stopCamera = await film(byId("video"), (text) => {
      close();
      send(text, "camera");
      return true;
    });
  } catch (error) {
    close();
    say(form.dataset.noCamera);
  }
}

async function choose(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  say("");
  const text = await readFile(file).catch(() => null);
  if (text === null) say(form.dataset.noPicture);
  else send(text, "photo");
}

if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
  byId("camera").hidden = false;
  byId("camera").addEventListener("click", open);
  byId("stop").addEventListener("click", close);
}
byId("photo-label").hidden = false;
byId("photo").addEventListener("change", choose);
// A value that the camera left here must not pass for one that was typed, nor the other way round.
form.addEventListener("submit", () => (byId("how").value = "typed"));
