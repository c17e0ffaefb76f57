// Shows notices while no page is open, and opens the page that a notice is about. It keeps nothing and answers no request.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    told = {};
  }
  const shown = { body: told.body ?? "", tag: told.tag || undefined, renotify: Boolean(told.tag), requireInteraction: true, data: { link: told.link ?? "/" } };
  event.waitUntil(self.registration.showNotification(told.title || "Tanggap 112", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link || "/", self.location.origin);
  const address = link.origin === self.location.origin ? link.href : self.location.origin;
  event.waitUntil(self.clients.openWindow(address));
});
