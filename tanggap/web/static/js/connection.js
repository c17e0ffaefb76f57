/**
 * Whether the server can be reached, for the whole page: whoever notices that it cannot says so here, and everybody sees one red
 * banner. While it is lost, /health is asked every 10 s; the banner goes by itself when nobody misses the server any more.
 */

import { meta, word } from "./page.js";
import { play } from "./sound.js";

/** How often /health is asked: always on staff screens, on all others while the connection is lost. */
const ASK_EVERY_MS = 10_000;

/** Who misses the server: feed, health, sending. */
const missing = new Set();
let signedOut = false;

/** Whether anybody misses the server. */
export function isLost() {
  return missing.size > 0;
}

function show() {
  const banner = document.getElementById("lost");
  if (!banner) return;
  if (signedOut) {
    const link = document.createElement("a");
    link.href = `/masuk?lanjut=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = word("sign_in");
    banner.replaceChildren(word("signed_out"), link);
  } else if (isLost() && banner.hidden) banner.replaceChildren(word("lost"));
  banner.hidden = !isLost() && !signedOut;
}

/** Say that the server is missed. */
export function lost(by) {
  const was = isLost();
  missing.add(by);
  if (!was) {
    if (meta("tanggap-live")) play("lost");
    document.dispatchEvent(new CustomEvent("tanggap:lost"));
  }
  show();
}

/** Say that the server is no longer missed by this one. */
export function found(by) {
  if (!missing.delete(by)) return;
  show();
  if (!isLost()) document.dispatchEvent(new CustomEvent("tanggap:found"));
}

/** Say that the session is over: what is typed stays, and is sent after signing in again. */
export function endSession() {
  signedOut = true;
  show();
}

async function askHealth() {
  if (!isLost() && !meta("tanggap-live")) return;
  try {
    const answer = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    found("health");
    if (isLost()) document.dispatchEvent(new CustomEvent("tanggap:retry"));
  } catch {
    lost("health");
  }
}

/** Watch over the connection. */
export function startConnection() {
  setInterval(askHealth, ASK_EVERY_MS);
  window.addEventListener("offline", () => lost("health"));
  window.addEventListener("online", askHealth);
}
