// Keeps the page of the gate that works without a network: the newest is shown where there is one, else what was kept.
"use strict";

const KEPT = "gate-1";
const WAITS = 3000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page names what it is made of; each is kept as it was loaded.
self.addEventListener("message", (event) => event.waitUntil(keep(event.data, event.source)));

async function keep(addresses, page) {
  const cache = await caches.open(KEPT);
  for (const request of await cache.keys()) if (!addresses.includes(request.url)) await cache.delete(request);
  for (const address of addresses) {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) await cache.put(address, answer);
  }
  page?.postMessage("kept");
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && !event.request.url.endsWith("/data")) event.respondWith(answer(event.request));
});

async function answer(request) {
  const kept = await (await caches.open(KEPT)).match(request.url);
  if (!kept) return fetch(request);
  try {
    const asked = request.mode === "navigate" ? fetch(request) : fetch(request.url, { credentials: "same-origin" });
    const found = await Promise.race([asked, new Promise((_, late) => setTimeout(late, WAITS))]);
    return found.ok || found.type === "opaqueredirect" ? found : kept;
  } catch {
    return kept;
  }
}
