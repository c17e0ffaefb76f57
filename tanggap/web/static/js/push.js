/** Notices in this browser: asks for the permission, gives its subscription to the house, and takes it back. */

const WORKER = "/notifikasi.js";

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

async function send(box, path, fields) {
  const body = new URLSearchParams({ _csrf_token: box.dataset.csrf, ...fields });
  const answer = await fetch(path, { method: "POST", body, redirect: "follow" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return new URL(answer.url).searchParams.get("kontak");
}

async function show(box, said = "") {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await worker?.pushManager.getSubscription();
  box.querySelector("[data-push-on]").hidden = Boolean(subscription);
  box.querySelector("[data-push-off]").hidden = !subscription;
  box.querySelector("[data-push-said]").textContent = box.querySelector("[data-push-said]").dataset[said] ?? "";
  box.hidden = false;
}

async function switchOn(box) {
  if ((await Notification.requestPermission()) !== "granted") return show(box, "denied");
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.keyPublic) });
  const contact = await send(box, "/akun/kontak", { saluran: "push", alamat: JSON.stringify(subscription.toJSON()) });
  if (contact) localStorage.setItem("tanggap-push", contact);
  return show(box, "on");
}

async function switchOff(box) {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await worker?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  const contact = localStorage.getItem("tanggap-push");
  if (contact) await send(box, `/akun/kontak/${contact}/hapus`, {}).catch(() => null);
  localStorage.removeItem("tanggap-push");
  return show(box, "off");
}

export function start(root) {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return;
  for (const box of root.querySelectorAll("[data-push]:not([data-started])")) {
    box.dataset.started = "";
    const doing = (work) => () => work(box).catch(() => show(box, "failed"));
    box.querySelector("[data-push-on]").addEventListener("click", doing(switchOn));
    box.querySelector("[data-push-off]").addEventListener("click", doing(switchOff));
    show(box).catch(() => null);
  }
}
