/*
 * Keeps the studio for when there is no network.
 *
 * A build's worker caches the whole build before it counts as installed. The page comes from the newest complete cache,
 * files with a hash in their name from whichever cache holds them: so a reload shows a new build at once, while a tab
 * that still runs the old one finds its files until the last such tab is closed and the new worker is activated.
 */
const build = "BUILD";

const scope = new URL(self.registration.scope);
const prefix = `normflow-studio ${scope.pathname} `;
const own = prefix + build.version;
const pointer = `${prefix}newest`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || request.headers.has("range")) return;
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  if (request.mode === "navigate") event.respondWith(isPage(url) ? open(request) : elsewhere(request));
  else event.respondWith(asset(request));
});

async function install() {
  const cache = await caches.open(own);
  const keep = async (path) => {
    const url = new URL(path, scope).href;
    const hashed = path.startsWith("_next/static/");
    // What a former build brought is not fetched again; the rest is asked for anew, past the browser's cache.
    const former = hashed ? await caches.match(url, { ignoreVary: true }) : undefined;
    const response = former ?? (await fetch(url, { cache: hashed ? "default" : "no-cache" }));
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    await cache.put(url, response);
  };
  await Promise.all(build.files.map(keep));
  await (await caches.open(pointer)).put(scope.href, new Response(own));
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== own && name !== pointer);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function isPage(url) {
  return url.pathname === scope.pathname || url.pathname === `${scope.pathname}index.html`;
}

async function open(request) {
  return nameless((await page()) ?? (await fetch(request)));
}

/** Another address below the studio: a file of its own if there is one, and the studio where nobody answers. */
async function elsewhere(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = (await cached(request)) ?? (await page());
    if (!found) throw error;
    return nameless(found);
  }
}

async function asset(request) {
  const found = (await cached(request)) ?? (await fetch(request));
  return /worker$/.test(request.destination) ? nameless(found) : found;
}

/** A response without an address of its own, so that what stands behind ? and # of the asked one reaches its script. */
function nameless(response) {
  return response.redirected || response.type === "error" ? response : new Response(response.body, response);
}

async function page() {
  for (const cache of await newestFirst()) {
    const found = await cache.match(scope.href, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function cached(request) {
  for (const cache of await newestFirst()) {
    const found = await cache.match(request, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

/** The caches of this studio: the newest complete one, this worker's, then the others. */
async function newestFirst() {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== pointer);
  const newest = await (await caches.match(scope.href, { cacheName: pointer }))?.text();
  const rank = (name) => (name === newest ? 0 : name === own ? 1 : 2);
  names.sort((a, b) => rank(a) - rank(b));
  return Promise.all(names.map((name) => caches.open(name)));
}
