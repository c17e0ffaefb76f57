/**
 * The keyboard: whatever carries `data-key` ("Alt+1", "Ctrl+Enter", "Y") is pressed by it, or focused when one types in it.
 * Keys with Alt or Ctrl, and function keys, work while a field has the focus; single letters only outside of text.
 */

import { isTextField } from "./page.js";

const NAMES = { escape: "Escape", esc: "Escape", enter: "Enter", "↵": "Enter", space: " ", del: "Delete" };

/** A key as written on a button, taken apart. */
function parse(text) {
  const parts = text.split("+").map((part) => part.trim());
  const last = parts.pop() || "+";
  const held = new Set(parts.map((part) => part.toLowerCase()));
  const key = NAMES[last.toLowerCase()] ?? last;
  return { key: key.toLowerCase(), alt: held.has("alt"), ctrl: held.has("ctrl"), shift: held.has("shift") };
}

/** The physical key as a letter or digit: with Alt, some layouts write another sign. */
function physical(event) {
  return /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1].toLowerCase();
}

function matches(event, wanted) {
  if (event.altKey !== wanted.alt || (event.ctrlKey || event.metaKey) !== wanted.ctrl) return false;
  if (wanted.shift && !event.shiftKey) return false;
  return event.key.toLowerCase() === wanted.key || (wanted.alt && physical(event) === wanted.key);
}

function isPressable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility?.() !== false;
}

function press(element) {
  if (isTextField(element)) {
    element.focus();
    element.select?.();
    return;
  }
  if (element.matches('input[type="radio"]')) element.focus({ preventScroll: true });
  element.click();
}

/** The first element on the page that this key belongs to; later ones are further away from the hands. */
function find(event) {
  const typing = isTextField(event.target) && !event.altKey && !event.ctrlKey && !event.metaKey && !/^F\d+$/.test(event.key);
  if (typing && event.key !== "Escape") return null;
  return [...document.querySelectorAll("[data-key]")].find((one) => matches(event, parse(one.dataset.key)) && isPressable(one));
}

/** ARIA's way of writing the same keys. */
function describe(root) {
  for (const element of root.querySelectorAll?.("[data-key]:not([aria-keyshortcuts])") ?? []) {
    element.setAttribute("aria-keyshortcuts", element.dataset.key.replace("Ctrl", "Control"));
  }
}

/** Listen to the keyboard, also for what comes into the page later. */
export function startKeys() {
  describe(document);
  document.addEventListener("tanggap:refreshed", (event) => describe(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const element = find(event);
    if (!element) return;
    event.preventDefault();
    press(element);
  });
}
