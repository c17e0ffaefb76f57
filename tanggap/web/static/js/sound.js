/**
 * Three sounds, made here: `ringing` (something waits to be taken), `p1` (danger to life), `lost` (the server is away). Never
 * alone: each goes with something to be seen. The volume is kept by person; browsers allow sound after the first touch.
 *
 * `<body data-sounds="received:ringing sent:ringing">` says which events are heard on a page; those of priority P1 sound as p1.
 */

import { person, word } from "./page.js";

const KEPT = `tanggap:volume:${person}`;
const VOLUME = 70;
/** The same sound is not begun again within this time. */
const REST_MS = 1_500;

/** Notes of each sound: hertz, seconds from its beginning, seconds long. */
const NOTES = {
  ringing: [[660, 0, 0.18], [880, 0.2, 0.28], [660, 0.8, 0.18], [880, 1.0, 0.28]],
  p1: [[988, 0, 0.14], [740, 0.16, 0.14], [988, 0.32, 0.14], [740, 0.48, 0.14], [988, 0.64, 0.3]],
  lost: [[440, 0, 0.22], [330, 0.25, 0.22], [247, 0.5, 0.4]],
};

let context = null;
const playedAt = new Map();

/** The volume of this person in this browser, 0–100. */
export function volume() {
  const kept = Number.parseInt(localStorage.getItem(KEPT) ?? "", 10);
  return Number.isNaN(kept) ? VOLUME : Math.min(100, Math.max(0, kept));
}

function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().then(hideHint, () => {});
}

function hint() {
  const place = document.getElementById("sound-hint");
  if (!place) return;
  place.textContent = word("sound_blocked");
  place.hidden = false;
}

function hideHint() {
  const place = document.getElementById("sound-hint");
  if (place) place.hidden = true;
}

function tone(hertz, from, length, loudness) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "triangle";
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loudness, from + 0.015);
  gain.gain.setValueAtTime(loudness, from + length - 0.05);
  gain.gain.linearRampToValueAtTime(0, from + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + length);
}

/** Play one of the three sounds; where the browser does not allow it yet, say so on the screen. */
export function play(name) {
  if (!volume() || !(name in NOTES)) return;
  if (!context || context.state !== "running") return void (document.getElementById("sound-hint") && hint());
  const now = performance.now();
  if (now - (playedAt.get(name) ?? -REST_MS) < REST_MS) return;
  playedAt.set(name, now);
  const loudness = (volume() / 100) ** 2 * 0.4;
  for (const [hertz, from, length] of NOTES[name]) tone(hertz, context.currentTime + from, length, loudness);
  document.dispatchEvent(new CustomEvent("tanggap:sound", { detail: { name } }));
}

/** Let an event of the feed be heard, where this page wants it. */
export function ring(event) {
  const wanted = (document.body.dataset.sounds ?? "").split(/\s+/).map((pair) => pair.split(":"));
  const name = wanted.find(([kind]) => kind === event.kind)?.[1];
  if (name) play(event.priority === "P1" ? "p1" : name);
}

/** Get ready to be heard by staff, and bring the volume control to life. */
export function startSound() {
  if (!person) return;
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake, { capture: true });
  const control = document.querySelector("[data-volume]");
  if (control) {
    control.value = volume();
    control.addEventListener("input", () => localStorage.setItem(KEPT, control.value));
    control.addEventListener("change", () => play("ringing"));
  }
  if (document.body.dataset.sounds && !navigator.userActivation?.hasBeenActive) hint();
  document.addEventListener("pointerdown", hideHint, { once: true });
  document.addEventListener("keydown", hideHint, { once: true });
}
