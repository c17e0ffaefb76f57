/** Talking to the server so that nothing is lost when it is away: every answer is one of done, refused with a sentence, or away. */

import { askSession, csrfToken } from "./page.js";

const PATIENCE_MS = 8000;
/** A request may outlive its page up to this size (the browser allows 64 kB). */
const KEEPALIVE_MOST = 60_000;
/** Statuses after which trying again later may work: too slow, too busy, away. */
const LATER = new Set([408, 425, 429]);

/** Send JSON or a form. Returns {ok, body}, {isAway, why}, or {said} with the server's sentence. */
export async function send(method, path, body, { isForm = false } = {}) {
  const first = await once(method, path, body, isForm);
  if (first.status !== 401 && first.type !== "/problems/forged-request") return first;
  const session = await askSession().catch(() => null);
  return session?.signed_in ? once(method, path, body, isForm) : { isAway: true, why: session ? "signed-out" : "network" };
}

async function once(method, path, body, isForm) {
  const headers = {
    accept: "application/json",
    "x-csrftoken": csrfToken(),
    "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
  };
  const text = isForm ? new URLSearchParams(body).toString() : JSON.stringify(body ?? {});
  const keepalive = text.length < KEEPALIVE_MOST;
  let response;
  try {
    response = await fetch(path, { method, headers, body: text, keepalive, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return { isAway: true, why: "network" };
  }
  const { status } = response;
  const told = await response.json().catch(() => ({}));
  if (response.ok) return { ok: true, body: told, status };
  if (status >= 500 || LATER.has(status)) return { isAway: true, why: "server", status, said: told.title };
  return { ok: false, said: told.title ?? String(status), type: told.type, status };
}

/** A part of the page as text; null when the server is away or says no. */
export async function part(path) {
  try {
    const response = await fetch(path, { headers: { accept: "text/html", "X-Tanggap-Part": "true" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok && !response.redirected ? await response.text() : null;
  } catch {
    return null;
  }
}

/** What stands at an address as JSON; null when there is no answer. */
export async function json(path, signal) {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" }, signal });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
