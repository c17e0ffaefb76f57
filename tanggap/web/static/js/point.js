/** The page behind a location link: one tap sends the phone's place, and again whenever it has become clearly surer. */

import { watchPoint } from "./device_point.js";
import { csrfToken } from "./page.js";

const AGAIN_MS = 3_000;

const place = document.getElementById("point-place");
const said = document.getElementById("point-said");
const button = document.getElementById("send-point");
const { action } = document.getElementById("point-form");
let waiting = null;
let stop = () => {};

place.hidden = false;
button.addEventListener("click", () => {
  stop();
  say("saidWait");
  stop = watchPoint({ told: send, failed: () => say("saidNone", { isBad: true }) });
});

function say(name, { metres = 0, isBad = false } = {}) {
  said.classList.toggle("is-bad", isBad);
  said.textContent = place.dataset[name].replace("{m}", Math.max(1, Math.round(metres)));
}

/** Send one fix; while the signal is weak the newest one is tried again and again. */
async function send(fix) {
  clearTimeout(waiting);
  const body = new URLSearchParams({ lat: fix.lat.toFixed(6), lon: fix.lon.toFixed(6), akurasi: fix.metres.toFixed(1) });
  const answer = await fetch(action, { method: "POST", headers: { accept: "application/json", "x-csrftoken": csrfToken() }, body }).catch(() => null);
  if (answer?.ok) return say(fix.isSure ? "saidSure" : "saidSent", fix);
  if (answer?.status === 404) return say("saidOver", { isBad: true });
  say("saidAway", { isBad: true });
  waiting = setTimeout(() => send(fix), AGAIN_MS);
}
