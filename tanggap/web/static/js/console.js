/** The call taker's screen: opens reports, keeps lists and the open report live, and turns forms into acts that never block. */

import { endSession, found as foundServer, lost } from "./connection.js";
import { Draft, DraftStore } from "./console-draft.js";
import { ConsoleMap } from "./console-map.js";
import { refreshParts, remember } from "./console-parts.js";
import { part, send } from "./console-server.js";
import { Sheet } from "./console-sheet.js";
import { word } from "./console-words.js";
import { toast } from "./notices.js";
import { clockText, person } from "./page.js";
import { play } from "./sound.js";

/** Events of one moment are answered by one look at the server. */
const GATHER_MS = 120;
/** Counters of who is present change without an event. */
const LISTS_EVERY_MS = 20_000;

const store = new DraftStore(person);
const map = new ConsoleMap(document.getElementById("map"), {
  chosen: (lat, lon, zoom) => sheet?.placeByHand(lat, lon, zoom),
  picked: (at) => sheet?.pickPlace(sheet.places.candidates[at]),
  opened: ({ label }) => location.assign(`/konsol/kejadian/${/\d+$/.exec(label)?.[0] ?? 0}`),
});
let sheet = null;
let waiting = new Set([...document.querySelectorAll("#waiting [data-id]")].map((one) => one.dataset.id));

const root = () => document.getElementById("sheet");
const openId = () => sheet?.draft.id ?? (root()?.dataset.report || null);

// ── one report on the screen ──

/** Bring the report that is in the page to life; `kept` is what this browser still has of it. */
function bind(kept = null) {
  const element = root();
  const id = element.dataset.report || null;
  if (element.dataset.state === "none") {
    sheet = null;
    map.candidates([]);
    map.show(null);
    return;
  }
  const known = JSON.parse(element.dataset.known);
  const draft = new Draft(store, { key: kept?.key ?? id ?? randomKey(), id, known, ...kept });
  const unsent = { ...kept?.sent?.fields, ...kept?.changed };
  draft.known = { ...known, ...Object.fromEntries(Object.keys(unsent).map((name) => [name, kept.known[name] ?? known[name]])) };
  listen(draft);
  sheet = new Sheet(element, draft, {
    placed: (point, drawn) => map.show(point, drawn),
    found: (candidates) => map.candidates(candidates),
    marked: (at) => map.mark(at),
  });
  sheet.showPoint();
  remember(document);
  if (kept && !draft.isClean) {
    toast(word("restored"));
    draft.schedule(true);
  }
}

function listen(draft) {
  const isOpen = () => sheet?.draft === draft;
  draft.addEventListener("saving", () => isOpen() && saying(word("saving"), "saving"));
  draft.addEventListener("saved", ({ detail }) => {
    if (!isOpen()) return;
    if (Object.keys(draft.conflicts).length) saying(word("not_saved_yet"), "conflict");
    else if (draft.isClean) saying(word("saved", { time: clockText(Date.parse(detail.at), true) }), "saved");
    if (Object.keys(detail.fields).some((name) => !["words", "address_words", "name"].includes(name))) refreshSheet();
  });
  draft.addEventListener("created", ({ detail }) => {
    if (!isOpen()) return;
    root().dataset.report = detail.id;
    history.replaceState({ id: detail.id }, "", `/konsol/${detail.id}`);
    refreshSheet();
    refreshLists();
  });
  draft.addEventListener("away", ({ detail }) => {
    if (detail.why === "signed-out") endSession();
    else lost("draft");
    draft.wasSignedOut ||= detail.why === "signed-out";
    if (isOpen()) saying(`${word("not_saved_yet")} — ${word("kept_here")}`, "waiting");
  });
  draft.addEventListener("back", () => {
    foundServer("draft");
    if (draft.wasSignedOut) draft.addEventListener("saved", () => draft.isClean && location.reload());
  });
  draft.addEventListener("refused", ({ detail }) => isOpen() && saying(detail.said, "conflict"));
  draft.addEventListener("conflict", () => isOpen() && saying(word("not_saved_yet"), "conflict"));
}

function saying(text, state) {
  const line = document.getElementById("saved");
  if (!line) return;
  line.textContent = text;
  line.dataset.saving = state;
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Leave the present report: what is typed on it goes on being sent by itself. */
function leave() {
  sheet?.draft.release();
  sheet?.draft.flush();
}

async function open(id, { push = true, focus = true } = {}) {
  leave();
  const html = await part(`/konsol/${id}/lembar`);
  if (html === null) {
    toast(word("away_not_done"));
    return;
  }
  show(html, `/konsol/${id}`, push);
  bind(store.of(id));
  if (focus) focusForm();
}

function show(html, address, push) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  root().replaceWith(fresh.getElementById("sheet"));
  const moments = fresh.querySelector("[data-part=timeline]");
  if (moments) document.querySelector("[data-part=timeline]").replaceWith(moments);
  if (push && location.pathname !== address) history.pushState({}, "", address);
  markOpen();
  root().dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
}

function focusForm() {
  const address = document.getElementById("address");
  address?.focus();
  address?.setSelectionRange(address.value.length, address.value.length);
  if (matchMedia("(max-width: 60rem)").matches) document.getElementById("laporan")?.scrollIntoView();
}

/** A call comes in by mouth: the form is there at once, the server hears of it in the same moment, or as soon as it can. */
function newCall() {
  leave();
  root().replaceWith(document.getElementById("blank-sheet").content.cloneNode(true));
  root().dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
  history.pushState({}, "", "/konsol");
  bind();
  store.keep(sheet.draft);
  focusForm();
  sheet.draft.flush();
}

/**
 * A call that rings opens its report by itself, unless another one is in hand: that one stays until the call is answered. Words
 * typed meanwhile belong to the waiting report already.
 */
function callComes({ report, isAnswered, isOver }) {
  if (isOver) return refreshAll();
  const inHand = sheet && (root().dataset.state === "active" || !sheet.draft.isClean);
  if (report && report === openId()) refreshAll();
  else if (report && (isAnswered || !inHand)) open(report);
  else if (!report && isAnswered) newCall();
  return listsSoon();
}

function nothing() {
  leave();
  root().replaceWith(document.getElementById("nothing-open").content.cloneNode(true));
  document.querySelector("[data-part=timeline]")?.replaceChildren();
  history.pushState({}, "", "/konsol");
  bind();
  markOpen();
}

/** Take in what others did to the open report; fields in hand and fields half saved stay as they are. */
async function refreshSheet() {
  const { draft } = sheet ?? {};
  if (!draft?.id) return;
  const html = await part(`/konsol/${draft.id}/lembar`);
  if (html === null || sheet?.draft !== draft) return;
  const fresh = refreshParts(html).getElementById("sheet");
  for (const name of ["state", "sent", "incident"]) root().dataset[name] = fresh.dataset[name];
  const known = JSON.parse(fresh.dataset.known);
  for (const [name, value] of Object.entries(known)) {
    if (name === "number" || name in draft.changed || name in draft.conflicts || (draft.sent && name in draft.sent.fields)) continue;
    const field = root().querySelector(`[data-field="${name}"]`);
    if (field && field === document.activeElement) continue;
    draft.known[name] = value;
    if (field && field.value !== (value ?? "")) field.value = value ?? "";
  }
  if (document.activeElement !== sheet.category) sheet.showCategory();
  sheet.showPoint();
}

// ── lists ──

async function refreshLists() {
  const html = await part(`/konsol/daftar?terbuka=${openId() ?? ""}`);
  if (html === null) return;
  refreshParts(html);
  markOpen();
  const rows = [...document.querySelectorAll("#waiting [data-id]")];
  const arrived = rows.filter((one) => !waiting.has(one.dataset.id));
  waiting = new Set(rows.map((one) => one.dataset.id));
  if (arrived.length) play(arrived.some((one) => one.dataset.priority === "P1") ? "p1" : "ringing");
}

function markOpen() {
  const id = root()?.dataset.report;
  for (const row of document.querySelectorAll("[data-row]")) {
    if (row.id === `row-${id}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** Alt M goes to the lists; up and down walk through all of them. */
function walk(event) {
  if (event.altKey && event.code === "KeyM") {
    event.preventDefault();
    document.querySelector("[data-row]")?.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches?.("[data-row]")) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  rows[rows.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

// ── acts ──

/** Run a form as an act: first what is typed, then the act; its answer says which report comes next. */
async function act(form, submitter) {
  const { draft } = sheet ?? {};
  const isOwn = form.hasAttribute("data-own");
  if (isOwn && !draft) return void toast(word("nothing_open"));
  if (form.matches("[data-send]")) {
    const missing = sheet.missing() || (form.querySelector(":checked") || !form.querySelector("[name=instansi]") ? "" : word("missing_agency"));
    sheet.note(missing);
    if (missing) return void focusMissing();
  }
  const entries = [...new FormData(form, submitter)];
  if (draft && (isOwn || form.closest("#sheet"))) {
    draft.release();
    if (!(await draft.flush()) && !draft.id) return void toast(word("away_not_done"));
  }
  const path = isOwn ? `/konsol/${draft.id}/${form.dataset.own}` : form.getAttribute("action");
  const answer = await send("POST", path, entries, { isForm: true });
  if (answer.isAway) return void refused(form, word("away_not_done"));
  if (!answer.ok) {
    refused(form, answer.said);
    return void refreshAll();
  }
  if (form.matches("[data-clears]")) form.reset();
  if (form.closest("#toasts")) form.remove();
  await follow(answer.body, form);
}

function refused(form, said) {
  if (form.matches("[data-send]")) sheet.note(said);
  else toast(said, 8);
}

async function follow(told, form) {
  if (told.undo) undoable(word("sent_undo", { what: told.said }), told.undo);
  else if (told.said) toast(told.ended ? word("sent_undo", { what: told.said }) : told.said);
  if (told.report && told.report !== openId()) await open(told.report);
  else if (told.report) await refreshSheet();
  else if (!form.matches("[data-next]")) nothing();
  await refreshLists();
}

function undoable(text, action) {
  document.querySelector("#toasts form")?.remove();
  const box = document.getElementById("toast-undo").content.cloneNode(true);
  const form = box.querySelector("form");
  form.setAttribute("action", action);
  form.querySelector("span").textContent = text;
  document.getElementById("toasts").append(box);
  form.dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
}

function focusMissing() {
  (sheet.draft.value("address_words") || sheet.point ? sheet.category : sheet.address).focus();
}

function refreshAll() {
  refreshSheet();
  refreshLists();
}

function gathered(run) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      run();
    }, GATHER_MS);
  };
}

const listsSoon = gathered(refreshLists);
const sheetSoon = gathered(refreshSheet);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-new]")) {
    event.preventDefault();
    newCall();
  } else if (form.matches("[data-act], #toasts form")) {
    event.preventDefault();
    act(form, event.submitter);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("button[form]") && !event.target.closest("button[form]").form) toast(word("nothing_open"));
  const row = event.target.closest("a[data-open]");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(row.dataset.open);
});
document.addEventListener("keydown", walk);
document.addEventListener("tanggap:call", ({ detail }) => callComes(detail));
document.addEventListener("tanggap:event", ({ detail }) => {
  listsSoon();
  const incident = root()?.dataset.incident;
  if (sheet?.draft.id && (detail.report === sheet.draft.id || (incident && detail.incident === incident))) sheetSoon();
});
for (const name of ["tanggap:found", "tanggap:missed"]) document.addEventListener(name, refreshAll);
document.addEventListener("tanggap:retry", () => sheet?.draft.flush());
window.addEventListener("popstate", () => {
  const id = /^\/konsol\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1];
  if (id) open(id, { push: false });
  else location.reload();
});
window.addEventListener("pagehide", () => sheet?.draft.flush());
setInterval(refreshLists, LISTS_EVERY_MS);

/** Drafts of calls that are not on the screen: another window's, or those of before a crash. */
function sendLeftOvers() {
  for (const kept of store.all()) {
    if (kept.id && kept.id === openId()) continue;
    const draft = new Draft(store, kept);
    listen(draft);
    draft.flush();
  }
}

bind(root().dataset.report ? store.of(root().dataset.report) : null);
remember(document);
sendLeftOvers();
if (root().dataset.state === "active") focusForm();
