// Keeps the page itself for use without a network. Never keeps an answer of the register.
// VERSION and FILES are filled in by the build.

const CACHE = `scanner-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

// SM2 is fetched when a key first needs it, and then kept.
async function fetchAndKeep(key, request) {
  const answer = await fetch(request);
  if (answer.ok && key.endsWith(".js")) (await caches.open(CACHE)).put(key, answer.clone());
  return answer;
}

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("scanner-") && name !== CACHE);
  const forget = caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))));
  event.waitUntil(forget.then(() => self.clients.claim()));
});

// The kept copy at once; the network only for what is not part of the page.
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (!url.pathname.startsWith("/scan/")) return;
  const key = url.pathname.endsWith("/") ? "/scan/" : url.pathname;
  event.respondWith(caches.match(key).then((kept) => kept || fetchAndKeep(key, event.request)));
});
