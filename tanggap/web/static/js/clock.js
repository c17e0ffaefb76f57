/**
 * Clocks that run: `[data-since]` (with `data-target-s`) shows the time since a moment, amber from 70 % of its target, red past
 * it, which it also says in words; `[data-until]` shows the time left; `[data-clock]` shows the city's time. All follow the server's clock.
 */

import { clockText, serverNow, word } from "./page.js";

/** From this share of its target on, a clock warns. */
const SOON = 0.7;

/** Seconds as 0:42, 12:03, 2:05:00; days in words. */
export function elapsed(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  if (s >= 86400) return word("days", { n: Math.floor(s / 86400) });
  if (s >= 3600) return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(clock, now) {
  const seconds = (now - Date.parse(clock.dataset.since)) / 1000;
  if (Number.isNaN(seconds)) return;
  const target = Number(clock.dataset.targetS) || 0;
  const late = target ? Math.floor(seconds) - target : 0;
  put(clock.querySelector(".clock-time") ?? clock, elapsed(seconds));
  put(clock.querySelector(".clock-words"), late > 0 ? word("late", { time: elapsed(late) }) : "");
  clock.classList.toggle("clock-late", late > 0);
  clock.classList.toggle("clock-soon", target > 0 && late <= 0 && seconds >= SOON * target);
}

/** What still lies ahead, down to nothing. */
function countDown(clock, now) {
  const left = (Date.parse(clock.dataset.until) - now) / 1000;
  if (!Number.isNaN(left)) put(clock.querySelector(".countdown-time") ?? clock, elapsed(left));
}

function tick() {
  const now = serverNow();
  for (const clock of document.querySelectorAll("[data-until]")) countDown(clock, now);
  for (const clock of document.querySelectorAll("[data-since]")) show(clock, now);
  for (const clock of document.querySelectorAll("[data-clock]")) put(clock, clockText(now));
}

/** Let all clocks of the page run, now and each full second. */
export function startClocks() {
  tick();
  const next = () => setTimeout(() => (tick(), next()), 1000 - (serverNow() % 1000));
  next();
  document.addEventListener("tanggap:refreshed", tick);
}
