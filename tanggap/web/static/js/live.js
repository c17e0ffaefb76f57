/**
 * What happens elsewhere, here: follows /api/live (server-sent events) and tells the page by the event `tanggap:event`.
 *
 * `<div data-live="…" data-every-s="10">` is also fetched anew every ten seconds, for what no event tells of.
 *
 * `<div data-live="incident report" data-src="/konsol/daftar">` is fetched anew (at most every 150 ms) when an event about an
 * incident, a report or an assignment comes; `data-live="*"`: at every event; `data-live-id="…"`: only for that incident or report.
 * Focus, what is half typed and the scroll position survive. Anything in it may dispatch `tanggap:refresh` to ask for it.
 */

import { endSession, found, lost, startConnection } from "./connection.js";
import { isTextField, meta } from "./page.js";
import { ring } from "./sound.js";

const GATHER_MS = 150;
/** A connection that is away shorter than this is nobody's business. */
const LOST_AFTER_MS = 3_000;
const AGAIN_MS = 2_000;

/** Kinds of events that are about an assignment. */
const ASSIGNMENT_KINDS = new Set(
  "sent acknowledged rejected expired withdrawn en_route on_scene done escalated reminded".split(" "),
);

let source = null;
/** The last event that this page knows of: at first the place of the feed from before the page was read. */
let lastId = document.querySelector('meta[name="tanggap-live"]')?.dataset.after ?? "";
let lostTimer = 0;
const waiting = new Map();

function subjectsOf(event) {
  const subjects = new Set(["*"]);
  if (event.report) subjects.add("report");
  if (event.incident) subjects.add("incident");
  if (ASSIGNMENT_KINDS.has(event.kind)) subjects.add("assignment");
  return subjects;
}

function isAbout(element, event, subjects) {
  const only = element.dataset.liveId;
  if (only && ![event.incident, event.report, event.subject].includes(only)) return false;
  return element.dataset.live.split(/\s+/).some((one) => subjects.has(one));
}

/** Fetch a part anew once the events of this moment are through. */
function refreshSoon(element) {
  if (waiting.has(element)) return;
  waiting.set(element, setTimeout(() => {
    waiting.delete(element);
    refresh(element);
  }, GATHER_MS));
}

/** Fetch a part of the page anew and put it in, without taking anything out of anybody's hands. */
export async function refresh(element) {
  const address = element.dataset.src;
  if (!address || !element.isConnected) return;
  const turn = (element.tanggapTurn = (element.tanggapTurn ?? 0) + 1);
  const answer = await fetch(address, { headers: { "X-Tanggap-Part": "true", accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer || turn !== element.tanggapTurn) return;
  if (answer.status === 401) return void endSession();
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  if (turn !== element.tanggapTurn || text === element.tanggapText) return;
  element.tanggapText = text;
  swap(element, text);
}

/** Where an element is to be found again after a swap. */
function pathTo(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"]`;
  const href = element.getAttribute("href");
  return href ? `[href="${CSS.escape(href)}"]` : null;
}

function swap(element, text) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const path = focused && pathTo(focused);
  const kept = focused && isTextField(focused) ? { value: focused.value, from: focused.selectionStart, to: focused.selectionEnd } : null;
  const scrolled = element.scrollTop;
  const known = new Set([...element.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
  element.innerHTML = text;
  element.scrollTop = scrolled;
  if (known.size) {
    for (const row of element.querySelectorAll("[data-row]")) row.classList.toggle("list-row-new", !known.has(row.dataset.row));
  }
  const again = path && element.querySelector(path);
  if (again) {
    if (kept && "value" in again) again.value = kept.value;
    again.focus({ preventScroll: true });
    if (kept?.from != null) again.setSelectionRange?.(kept.from, kept.to);
  }
  element.dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
}

function refreshAll() {
  for (const element of document.querySelectorAll("[data-live]")) refreshSoon(element);
}

/** What has happened is not known: all of it is read anew; `tanggap:missed` tells those who bring themselves up to date. */
function startAnew() {
  document.dispatchEvent(new CustomEvent("tanggap:missed"));
  refreshAll();
}

function receive(message) {
  if (message.lastEventId) lastId = message.lastEventId;
  const event = JSON.parse(message.data);
  document.dispatchEvent(new CustomEvent("tanggap:event", { detail: event }));
  ring(event);
  const subjects = subjectsOf(event);
  for (const element of document.querySelectorAll("[data-live]")) {
    if (isAbout(element, event, subjects)) refreshSoon(element);
  }
}

function opened() {
  clearTimeout(lostTimer);
  lostTimer = 0;
  found("feed");
  if (!lastId) startAnew(); // else the feed goes on without a gap from where the page was read, or from the last event
}

function broken() {
  lostTimer ||= setTimeout(() => lost("feed"), LOST_AFTER_MS);
  if (source.readyState !== EventSource.CLOSED) return;
  // An answer other than 200 ends an EventSource for good: begin a new one where the old one stopped.
  source.close();
  setTimeout(connect, AGAIN_MS);
}

function connect() {
  const address = new URL(meta("tanggap-live"), location.href);
  if (lastId) address.searchParams.set("after", lastId);
  source = new EventSource(address);
  source.addEventListener("open", opened);
  source.addEventListener("error", broken);
  source.addEventListener("tanggap", receive);
  source.addEventListener("reset", () => {
    lastId = "";
    startAnew();
  });
  source.addEventListener("ended", () => {
    source.close();
    endSession();
  });
}

/** Follow the feed, where the page has one. */
export function startLive() {
  startConnection();
  document.addEventListener("tanggap:refresh", (event) => {
    const element = event.target.closest?.("[data-live]");
    if (element) refreshSoon(element);
  });
  document.addEventListener("tanggap:found", refreshAll);
  for (const element of document.querySelectorAll("[data-every-s]")) {
    setInterval(() => document.hidden || refreshSoon(element), Number(element.dataset.everyS) * 1000);
  }
  if (!meta("tanggap-live")) return;
  connect();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
}
