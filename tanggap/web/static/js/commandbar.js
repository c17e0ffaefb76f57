/** The command bar: `/` outside text fields opens it, Escape gives the focus back, answers come while one types. */

import { isTextField } from "./page.js";

const PATIENCE_MS = 120;

let before = null;
let timer = 0;
let asked = 0;
let bar;

function open() {
  before = document.activeElement;
  bar.hidden = false;
  bar.q.focus();
  bar.q.select();
}

function close() {
  bar.hidden = true;
  bar.querySelector("#commandbar-results").replaceChildren();
  before?.focus?.();
}

async function ask() {
  const query = bar.q.value.trim();
  const results = bar.querySelector("#commandbar-results");
  const turn = ++asked;
  if (!query) return results.replaceChildren();
  const address = `${bar.getAttribute("action")}?${new URLSearchParams({ q: query })}`;
  const answer = await fetch(address, { headers: { "X-Tanggap-Part": "true", accept: "text/html" } }).catch(() => null);
  if (turn !== asked || !answer?.ok) return undefined;
  results.innerHTML = await answer.text();
  return undefined;
}

/** Up and down walk through the answers. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [bar.q, ...bar.querySelectorAll("#commandbar-results a, #commandbar-results button")];
  const here = stops.indexOf(document.activeElement);
  stops[(here + step + stops.length) % stops.length]?.focus();
  event.preventDefault();
}

/** Bring the page's command bar to life. */
export function start() {
  const found = document.getElementById("commandbar");
  if (!found || found === bar) return;
  bar = found;
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else walk(event);
  });
  bar.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE_MS);
  });
  bar.addEventListener("submit", (event) => {
    if (!bar.q.value.trim()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!bar.hidden && !bar.contains(event.target)) bar.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (isTextField(event.target)) return;
    event.preventDefault();
    open();
  });
}
