/**
 * The desk and the crew's phone while things happen: a new assignment is heard and shown at once; the one that is open is brought
 * up to date only while nobody is writing in it, and never exchanged for another under somebody's thumb.
 */

import { refresh } from "./live.js";
import { start as keepForms } from "./outbox_form.js";
import { isTextField } from "./page.js";
import { play } from "./sound.js";

/** A button that has just changed its meaning does nothing for this long. */
const SETTLE_MS = 1_200;

// Looked up each time: a refused form puts a whole new page in.
const desk = () => document.querySelector("[data-desk], [data-crew]");
const pane = () => document.querySelector("[data-desk-detail]");
const list = () => document.querySelector("[data-desk-list]");
const shown = () => document.querySelector("[data-task]");

/** Whether something in the open assignment is being written, chosen or photographed. */
function isBusy() {
  if (pane()?.contains(document.activeElement) && isTextField(document.activeElement)) return true;
  for (const field of document.querySelectorAll("[data-task] textarea, [data-task] input")) {
    if (field.type === "file" ? field.files.length : field.type === "radio" ? field.checked !== field.defaultChecked : field.type !== "hidden" && field.value !== field.defaultValue) return true;
  }
  return Boolean(document.querySelector("#bukan-kami:target"));
}

function tell(text, address) {
  const banner = document.getElementById("desk-news");
  if (!banner) return;
  banner.querySelector("p").textContent = text;
  banner.querySelector("a").href = address;
  banner.hidden = false;
}

/** Put the crew's page in as it is now, without loading it anew: a sound that plays goes on. */
async function renewCrew(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["#main", ".phone-act"]) document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
  settle(document.querySelector(".phone-act"));
  document.getElementById("main").dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
}

function settle(act) {
  act.classList.add("has-changed");
  setTimeout(() => act.classList.remove("has-changed"), SETTLE_MS);
}

/** Bring the open assignment up to date; a step that has changed cannot be pressed by accident. */
async function renew() {
  if (!pane()) return renewCrew(shown() ? `/lapangan/${shown().dataset.task}` : "/lapangan");
  const before = shown()?.querySelector(".task-act")?.textContent.trim();
  const address = shown() && `/instansi/${shown().dataset.task}/isi`;
  if (address) pane().dataset.src = address;
  await refresh(pane());
  const act = shown()?.querySelector(".task-act");
  if (act && act.textContent.trim() !== before) settle(act);
}

/** Say and sound that something has arrived; where nothing is open, open it. */
function announce(assignment, title, isUrgent) {
  play(isUrgent ? "p1" : "ringing");
  const room = pane() ? "/instansi" : "/lapangan";
  if (shown()) return tell(`${desk().dataset.newWord} ${title}`.trim(), `${room}/${assignment}`);
  if (pane()) pane().dataset.src = `/instansi/${assignment}/isi`;
  desk().classList.add("desk-pressing");
  return renew();
}

const rows = () => [...(list()?.querySelectorAll("[data-waiting]") ?? [])];
let known = new Set(rows().map((row) => row.dataset.assignment));

/** Whatever brought the list up to date, also after a break of the connection: what waits in it now and did not before has arrived. */
function compare() {
  const arrived = rows().filter((row) => !known.has(row.dataset.assignment));
  known = new Set(rows().map((row) => row.dataset.assignment));
  const first = arrived.find((row) => row.querySelector(".priority-p1")) ?? arrived[0];
  if (first) announce(first.dataset.assignment, first.querySelector(".task-row-title").textContent, first.querySelector(".priority-p1"));
}

function happened({ detail: event }) {
  if (event.kind === "sent" && event.agency === desk().dataset.agency) {
    if (list()) refresh(list());
    else announce(event.assignment, "", event.priority === "P1");
    return;
  }
  if (shown()?.dataset.incident === event.incident) changed();
}

/** The open assignment is not what it was, or may not be. */
function changed() {
  if (!shown()) return;
  if (isBusy()) tell(desk().dataset.changedWord, location.pathname);
  else renew();
}

function count() {
  const counter = document.querySelector("[data-waiting-count]");
  const waiting = list()?.querySelector("#waiting-heading .caption-count")?.textContent ?? "0";
  if (!counter || !list()) return;
  counter.querySelector(".counter-number").textContent = waiting;
  counter.classList.toggle("counter-warn", waiting !== "0");
}

keepForms(); // with the page, not after it: the next dead spot may come before a further module has
if (desk()) {
  document.addEventListener("tanggap:event", happened);
  document.addEventListener("tanggap:missed", changed);
  document.addEventListener("tanggap:refreshed", () => {
    compare();
    count();
  });
  document.getElementById("problem")?.focus();
}
