// Asks the server again and again for what may have changed, while somebody sees the page: soon at first, then less often.
// Where nothing changed, the answer is 304 and nothing else.

/** Calls `show` with each new answer until it returns true. Times in milliseconds. */
export function follow(url, show, first, longest = first) {
  let known = "";
  let wait = first;
  let timer = 0;
  let over = false;

  async function look() {
    if (document.visibilityState !== "visible") return; // looks again when it is seen again
    try {
      const answer = await fetch(url, { cache: "no-store", headers: known ? { "If-None-Match": known } : {} });
      if (answer.status === 200) {
        over = show(await answer.json()) === true;
        known = answer.headers.get("ETag") || "";
      }
    } catch {
      // No network for a moment, or the session is over: what the page says stays true of the time it was loaded.
    }
    clearTimeout(timer);
    if (!over) timer = setTimeout(look, wait);
    wait = Math.min(wait * 1.4, longest);
  }

  document.addEventListener("visibilitychange", () => {
    wait = first;
    if (!over) look();
  });
  look();
}
