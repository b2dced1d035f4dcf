// A report said aloud: record, hear it again, delete it, send it with the form. Without scripts the file input does it:
// what is recorded here is put into that same input.

const box = document.getElementById("recorder");
const input = document.getElementById("voice");
const status = document.getElementById("recording");
const choose = document.getElementById("choose");
const heard = document.getElementById("heard");
const [record, stop, discard] = ["record", "stop", "discard"].map((id) => document.getElementById(id));
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS = 32000; // a second: speech is clear, three minutes are 0.7 MB
let recorder = null;
let clock = 0;

function canRecord() {
  try {
    return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.MediaRecorder && new DataTransfer());
  } catch {
    return false; // an input that nothing can be put into
  }
}

function show(state) {
  record.hidden = state === "recording";
  stop.hidden = state !== "recording";
  discard.hidden = heard.hidden = state !== "done";
  choose.hidden = state !== "";
  document.getElementById("go").disabled = state === "recording";
}

async function begin() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    status.textContent = box.dataset.refused;
    return;
  }
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(clock);
    for (const track of stream.getTracks()) track.stop();
    keep(new Blob(parts, { type: recorder.mimeType }));
  });
  let left = Number(box.dataset.longest);
  const tell = () => {
    status.textContent = `${box.dataset.left} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  tell();
  status.setAttribute("aria-live", "off"); // not every second
  clock = setInterval(() => {
    left -= 1;
    tell();
    if (left <= 0) end();
  }, 1000);
  recorder.start();
  show("recording");
  stop.focus();
}

function end() {
  if (recorder && recorder.state === "recording") recorder.stop();
}

function keep(blob) {
  const files = new DataTransfer();
  files.items.add(new File([blob], "voice", { type: blob.type }));
  input.files = files.files;
  chosen();
}

function chosen() {
  if (heard.src) URL.revokeObjectURL(heard.src);
  status.setAttribute("aria-live", "polite");
  const [file] = input.files;
  if (!file) return show("");
  heard.src = URL.createObjectURL(file);
  status.textContent = box.dataset.done;
  show("done");
}

function remove() {
  input.value = "";
  heard.removeAttribute("src");
  show("");
  status.setAttribute("aria-live", "polite");
  status.textContent = box.dataset.gone;
  record.focus();
}

if (canRecord()) {
  box.hidden = false;
  document.getElementById("voice-or").hidden = false;
  input.removeAttribute("capture"); // there is a recorder; the input chooses what was recorded elsewhere
  record.addEventListener("click", begin);
  stop.addEventListener("click", end);
  discard.addEventListener("click", remove);
  input.addEventListener("change", chosen);
}
