// Keeps the page of the offline list with its styles and its script, and nothing else: no answer of the district is ever
// kept here. What a person recorded lies in the page's own store, encrypted.
"use strict";

const KEPT = "lilong-visits VERSION";
const PAGE = "/desk/visits/offline";
const FILES = ["FILES"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(KEPT);
      await cache.addAll(FILES);
      const page = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" });
      if (!page.ok || page.redirected) throw new Error("the page did not come");
      await cache.put(PAGE, page);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("lilong-visits ") && name !== KEPT) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

/** The page from the network, and where there is none, as it was kept. */
async function page(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    // A server that is down is no better than none.
    if (answer.status < 500) return answer;
    return (await cache.match(PAGE)) ?? answer;
  } catch (failed) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw failed;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
