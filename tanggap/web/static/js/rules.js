/** The rules: an entry is saved into the draft while one types; the trial says how far it is. Both work without this script. */

import { csrfToken } from "./page.js";

const PAUSE_MS = 900;
const PATIENCE_MS = 8000;

const form = document.querySelector("[data-autosave]:not([data-locked])");
let wanted = 0;
let saved = 0;
let timer = 0;
let isStopped = false;

const state = () => document.getElementById("entry-state");

function later() {
  wanted += 1;
  if (isStopped) return;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}

/** One save at a time; what is typed meanwhile is saved by the next one. */
async function save() {
  const at = wanted;
  timer = 0;
  const body = new URLSearchParams(new FormData(form));
  let text = null;
  try {
    const response = await fetch(form.action, {
      method: "POST", body, signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { "x-csrftoken": csrfToken(), "x-tanggap-autosave": "1", "x-tanggap-part": "true" },
    });
    if (response.headers.get("content-type")?.startsWith("text/html")) text = await response.text();
  } catch {
    text = null; // away: the words stay on the page, and the next key tries again
  }
  if (text !== null && text.includes('id="entry-state"')) {
    state().outerHTML = text;
    isStopped = "refused" in state().dataset;
    form.elements.rev.value = state().dataset.rev;
    saved = at;
  }
  if (wanted > at && !isStopped && !timer) timer = setTimeout(save, PAUSE_MS);
}

/** A list of agencies has always one empty box more. */
function grow(box) {
  const boxes = box.parentElement.querySelectorAll("select");
  if (!box.value || box !== boxes[boxes.length - 1]) return;
  const next = box.cloneNode(true);
  next.value = "";
  next.setAttribute("aria-label", next.getAttribute("aria-label").replace(/\d+$/, String(boxes.length + 1)));
  box.after(next);
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", ({ target }) => target.matches("[data-grows]") && grow(target));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    saved = wanted;
  });
  addEventListener("beforeunload", (event) => {
    if (wanted > saved) event.preventDefault();
  });
}

const trial = document.querySelector("[data-trial]");
if (trial) follow(trial).catch(() => {
  const said = trial.querySelector("[data-progress]");
  if (said) said.textContent = said.dataset.away;
});

async function follow(section) {
  const response = await fetch(section.dataset.trial, { headers: { "x-tanggap-part": "true" } });
  if (!response.ok) throw new Error(String(response.status));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let isTold = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) isTold = tell(section, JSON.parse(line)) || isTold;
  }
  if (!isTold) throw new Error("cut");
}

/** One line of the trial: how far it is, or what it found. */
function tell(section, { done, of, html }) {
  if (html !== undefined) {
    section.innerHTML = html;
    return true;
  }
  const bar = section.querySelector("progress");
  bar.max = of || 1;
  bar.value = done;
  const said = section.querySelector("[data-progress]");
  said.textContent = said.dataset.said.replace("{done}", done).replace("{of}", of);
  return false;
}
