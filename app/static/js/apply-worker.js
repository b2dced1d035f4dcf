// Keeps the page of the application form for use without a network. Never an answer of the register, nothing else of the
// inspector's pages; the network comes first whenever there is one.

const CACHE = "apply";
const SHELL = "/inspect/apply";
const PARTS = [
  "/static/css/app.css", "/static/css/applying.css", "/static/icon.svg", "/static/js/apply.js",
  "/static/js/enterprises.js", "/static/js/kept.js", "/static/js/outbox.js", "/static/js/own.js",
];

async function keep() {
  const cache = await caches.open(CACHE);
  for (const path of [...PARTS, SHELL]) { // the page last: where it is kept, its parts are
    const answer = await fetch(path, { redirect: "manual", cache: "no-cache" }); // signed out: a redirect, not kept
    if (answer.status === 200) await cache.put(path, answer);
  }
}

async function orKept(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(path)) || Response.error();
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep().catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(orKept(event.request, SHELL));
  else if (event.request.method === "GET" && PARTS.includes(url.pathname)) event.respondWith(orKept(event.request, url.pathname));
});
