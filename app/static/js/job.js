// The page of a job: its progress every second, and the page anew once it is over.

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const count = document.getElementById("count");

async function look() {
  try {
    const answer = await fetch(main.dataset.live, { cache: "no-store" });
    if (answer.ok) {
      const { state, done, total } = await answer.json();
      if (state === "done" || state === "failed") return location.reload();
      bar.max = total || 1;
      bar.value = done;
      if (total) count.textContent = `${done.toLocaleString("en")} / ${total.toLocaleString("en")}`;
    }
  } catch (error) {
    // No network for a moment: the work goes on, the next look tells.
  }
  setTimeout(look, 1000);
  return undefined;
}

look();
