// The one thing that works without a network: the page that says there is none. Everything else goes straight through.
const KEPT = "marsad-offline-1";
const PAGES = ["/ar/offline/", "/en/offline/"];

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(fetch(request).catch(() => offline(request)));
  else if (new URL(request.url).pathname.startsWith("/static/web/")) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

async function keep() {
  const cache = await caches.open(KEPT);
  for (const page of PAGES) {
    const answer = await fetch(page);
    const html = await answer.clone().text();
    await cache.put(page, answer);
    await cache.addAll([...html.matchAll(/(?:src|href)="(\/static\/web\/[^"]+)"/g)].map((found) => found[1]));
  }
}

async function offline(request) {
  const page = new URL(request.url).pathname.startsWith("/en/") ? PAGES[1] : PAGES[0];
  return (await caches.match(page)) ?? Response.error();
}
