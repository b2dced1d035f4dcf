// Find as you type: what does not hold the words is hidden, with heads that have nothing left. Without script all stands there.

const box = document.getElementById("find");
const told = document.getElementById("found");

function narrow() {
  const words = box.value.trim().toLowerCase().split(/\s+/);
  let left = 0;
  for (const group of document.querySelectorAll(".findable")) {
    const head = group.querySelector("h2").textContent;
    let here = 0;
    for (const one of group.querySelectorAll(".found")) {
      const text = `${head} ${one.textContent}`.toLowerCase();
      one.hidden = !words.every((word) => text.includes(word));
      if (!one.hidden) here += 1;
    }
    group.hidden = !here;
    left += here;
  }
  told.textContent = left ? "" : told.dataset.none;
}

box.closest("[hidden]").hidden = false;
box.addEventListener("input", narrow);
narrow();
