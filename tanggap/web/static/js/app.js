/** Starts what a page needs, and nothing more: modules for forms, photos and the map come only where there is one. */

import { startClocks } from "./clock.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startNotices } from "./notices.js";
import { startSound } from "./sound.js";
import { startTheme } from "./theme.js";

/** Modules by the elements that need them. */
const WHERE = [
  ["form[data-outbox]", () => import("./outbox_form.js")],
  ["[data-upload]", () => import("./upload.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["[data-making]", () => import("./making.js")],
  ["#commandbar", () => import("./commandbar.js")],
  ["[data-phone]", () => import("./phone.js")],
  ["[data-web-call]", () => import("./web-call.js")],
  ["[data-recording]", () => import("./recording.js")],
  ["[data-push]", () => import("./push.js")],
  ["#board", () => import("./listen.js")],
  ["[data-map]", () => import("./map.js")],
];

/** Start the modules of a part of the page that has just come in. */
function startParts(root) {
  for (const [selector, load] of WHERE) {
    if (!root.querySelector?.(selector) && !root.matches?.(selector)) continue;
    load().then((module) => module.start(root), (error) => console.warn(error));
  }
}

/** The screen that one is on is seen also where the row of screens is wider than the telephone. */
function showScreen() {
  const here = document.querySelector(".work-nav [aria-current]");
  const row = here?.parentElement;
  if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

startTheme();
showScreen();
startClocks();
startKeys();
startNotices();
startSound();
startLive();
startParts(document);

document.addEventListener("tanggap:refreshed", (event) => startParts(event.target));
