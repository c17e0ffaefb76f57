/**
 * The citizen's pages where scripts run: the device's place and a map for the report, and a tracking page that renews itself. The
 * form is sent by outbox_form.js, which tries again by itself, its pictures are made small by upload.js. All works without, too.
 */

import { watchPoint } from "./device_point.js";
import { start as keepForms } from "./outbox_form.js";

const DRAFT = "tanggap:lapor";
const ASK_EVERY_MS = 10_000;
/** How unsure a point is that was set by hand. */
const BY_HAND_M = 50;

let stopDevice = () => {};

keepForms(); // with the page, not after it: the next dead spot may come before a further module has
const form = document.querySelector("form[data-report]");
if (form) startReport();
const track = document.querySelector("[data-track]");
if (track) {
  sessionStorage.removeItem(DRAFT);
  setInterval(renew, ASK_EVERY_MS);
}

// ── where ──

function startReport() {
  const place = document.getElementById("report-place");
  const said = document.getElementById("place-said");
  const field = (name) => form.elements.namedItem(name);
  const remove = document.getElementById("no-place");
  place.hidden = false;

  function keep(lat, lon, metres, source) {
    if (source !== "device") stopDevice();
    field("lat").value = lat === "" ? "" : Number(lat).toFixed(6);
    field("lon").value = lon === "" ? "" : Number(lon).toFixed(6);
    field("akurasi").value = metres === "" ? "" : Math.round(metres);
    field("sumber").value = source;
    said.classList.remove("is-bad");
    said.textContent = !source ? "" : source === "device" ? place.dataset.saidDevice.replace("{m}", Math.round(metres)) : place.dataset.saidMap;
    remove.hidden = !source;
    if (source !== "map") document.dispatchEvent(new CustomEvent("tanggap:place"));
  }

  if (field("lat").value) keep(field("lat").value, field("lon").value, field("akurasi").value || 50, field("sumber").value || "map");

  document.getElementById("use-device").addEventListener("click", () => readDevice(place, said, keep));
  remove.addEventListener("click", () => {
    keep("", "", "", "");
  });
  document.getElementById("use-map").addEventListener("click", (event) => toggleMap(event.currentTarget, keep));
  keepDraft();
  document.addEventListener("tanggap:sent", tellSent);
}

/** The device's place goes into the form, and a surer one in its stead while the page is open. */
function readDevice(place, said, keep) {
  stopDevice();
  said.classList.remove("is-bad");
  said.textContent = place.dataset.saidWait;
  stopDevice = watchPoint({
    told: ({ lat, lon, metres }) => keep(lat, lon, metres, "device"),
    failed: () => {
      said.classList.add("is-bad");
      said.textContent = place.dataset.saidNone;
    },
  });
}

/** Show or hide the map; it is fetched when it is asked for, not before. */
async function toggleMap(button, keep) {
  const box = document.getElementById("report-map");
  const shows = box.hidden;
  box.hidden = !shows;
  button.setAttribute("aria-expanded", String(shows));
  if (!shows) return;
  box.scrollIntoView({ block: "center" });
  const field = (name) => Number(form.elements.namedItem(name).value) || 0;
  const point = () => (field("lat") ? { lat: field("lat"), lon: field("lon"), uncertainty_m: field("akurasi") } : null);
  const { openMap } = await import("./map.js");
  const here = point() ?? { lat: Number(box.dataset.lat), lon: Number(box.dataset.lon) };
  const map = await openMap(box, { pick: true, lat: here.lat, lon: here.lon, zoom: point() ? 15 : Number(box.dataset.zoom), point: point() });
  if (box.dataset.heard) return map.choose(point());
  box.dataset.heard = "1";
  box.addEventListener("tanggap:point", ({ detail }) => keep(detail.lat, detail.lon, BY_HAND_M, "map"));
  document.addEventListener("tanggap:place", () => map.choose(point()));
}

// ── sending ──

/** What is typed survives a reload in this tab; it goes once the report's own page is shown. */
function keepDraft() {
  const names = ["kata", "tempat", "nomor", "nama", "lat", "lon", "akurasi", "sumber"];
  try {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
    for (const name of names) {
      const field = form.elements.namedItem(name);
      if (!field.value && kept[name]) field.value = kept[name];
    }
  } catch {
    sessionStorage.removeItem(DRAFT);
  }
  form.addEventListener("input", () => {
    sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(names.map((name) => [name, form.elements.namedItem(name).value]))));
  });
}

/** A report that had waited in this browser has been sent, maybe days later: its page is the only way to follow it. */
function tellSent({ detail: { item, answer } }) {
  if (form.dataset.outboxWaits === item.key || !new URL(answer.url, location.href).pathname.startsWith("/lacak/")) return;
  const link = Object.assign(document.createElement("a"), { href: answer.url, textContent: form.dataset.sentWords });
  const banner = Object.assign(document.createElement("p"), { className: "banner banner-good" });
  banner.setAttribute("role", "status");
  banner.append(link);
  form.before(banner);
}

// ── following ──

function isTyping() {
  if (track.contains(document.activeElement) && document.activeElement.matches("textarea, input")) return true;
  return [...track.querySelectorAll("textarea, input[type=radio]")].some((field) =>
    field.type === "radio" ? field.checked : field.value !== field.defaultValue,
  );
}

/** Put the present state in, when it is another and nobody is writing. */
async function renew() {
  if (document.hidden || isTyping()) return;
  const answer = await fetch(track.dataset.track, { headers: { accept: "text/html", "X-Tanggap-Part": "true" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  const state = (root) => root.querySelector("[data-progress]")?.dataset.progress;
  if (state(part.content) === state(track)) return;
  track.replaceChildren(part.content);
  document.body.classList.toggle("is-closed", Boolean(track.querySelector(".progress-closed")));
}
