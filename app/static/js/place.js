// The place of this showing, only where the officer switched it on for this phone. What leaves the phone is already coarse.

const KEY = "jcm-place";
const part = document.getElementById("place");
const box = document.getElementById("place-on");
const state = document.getElementById("place-state");

function kept() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

async function send({ coords }) {
  const body = new URLSearchParams({ lat: coords.latitude.toFixed(2), lon: coords.longitude.toFixed(2) });
  const answer = await fetch(part.dataset.send, { method: "POST", body }).catch(() => null);
  state.textContent = answer && answer.ok && !answer.redirected ? state.dataset.kept : state.dataset.none;
}

function ask() {
  const coarse = { enableHighAccuracy: false, maximumAge: 60000, timeout: 15000 };
  navigator.geolocation.getCurrentPosition(send, () => { state.textContent = state.dataset.none; }, coarse);
}

if ("geolocation" in navigator) {
  part.hidden = false;
  box.checked = kept();
  box.addEventListener("change", () => {
    state.textContent = "";
    try {
      if (box.checked) localStorage.setItem(KEY, "1");
      else localStorage.removeItem(KEY);
    } catch {
      // Not remembered: it holds for this page.
    }
    if (box.checked) ask();
  });
  if (box.checked) ask();
}
