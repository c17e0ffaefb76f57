/**
 * What could not be sent: kept in this browser (IndexedDB), sent when the server is back, in order, each once.
 *
 * Every item carries an Idempotency-Key made when it was written, so that a repetition after an unsure answer makes no double. An
 * item is sent only while the person who wrote it is signed in. Events on the document: `tanggap:sent` {item, answer},
 * `tanggap:refused` {item, answer} — refused items are kept until somebody has read why (`forget`).
 */

import { endSession, found, lost } from "./connection.js";
import { askSession, csrfToken, person } from "./page.js";

const DATABASE = "tanggap";
const STORE = "outbox";
/** Pauses between attempts while the server is away, milliseconds; the last one repeats. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000];
/** Answers after which the same request may well succeed later. */
const LATER = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const FORGED = "/problems/forged-request";

/** A key that nobody else makes; `crypto.randomUUID` exists on secure origins only. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function inStore(mode, act) {
  const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
  const request = act(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Items of this person that wait here, oldest first. */
export async function waiting() {
  const all = await inStore("readonly", (store) => store.getAll());
  return all.filter((item) => item.person === person).sort((one, two) => one.at - two.at);
}

/** Let an item go. */
export function forget(key) {
  return inStore("readwrite", (store) => store.delete(key));
}

/**
 * Send a form's entries now. Resolves to {status, text, url, isRedirected}; status 0: nobody answered.
 * XMLHttpRequest, because fetch does not say how much of an upload is through.
 */
export function post({ url, entries, key }, progress = () => {}) {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, name === "_csrf_token" ? csrfToken() : value);
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    const done = () => {
      const { status, responseText: text, responseURL } = request;
      resolve({ status, text, url: responseURL, isRedirected: status === 200 && new URL(responseURL).pathname !== new URL(url, location.href).pathname });
    };
    request.open("POST", url);
    request.setRequestHeader("idempotency-key", key);
    request.setRequestHeader("x-csrftoken", csrfToken());
    request.setRequestHeader("accept", "text/html, application/problem+json");
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = done;
    request.onerror = request.onabort = request.ontimeout = () => resolve({ status: 0, text: "", url, isRedirected: false });
    request.send(body);
  });
}

/** What a problem+json says; "" for anything else. */
export function sentenceOf(answer) {
  try {
    const problem = JSON.parse(answer.text);
    return problem.title ?? problem.detail ?? "";
  } catch {
    return "";
  }
}

const isForged = (answer) => answer.status === 403 && answer.text.includes(FORGED);
export const isForLater = (answer) => LATER.has(answer.status);

/** Send, once more with a new token when the page's is too old. */
export async function deliver(item, progress) {
  let answer = await post(item, progress);
  if (answer.status === 401 || isForged(answer)) {
    const session = await askSession().catch(() => null);
    if (!session) return { ...answer, status: 0 };
    if (person && session.person !== person) {
      endSession();
      return { ...answer, status: 0 };
    }
    answer = await post(item, progress);
  }
  if (isForLater(answer)) lost("sending");
  else found("sending");
  return answer;
}

/** Keep an item and send it when the server is back. */
export async function keep(item) {
  await inStore("readwrite", (store) => store.put({ ...item, person, at: Date.now() }));
  lost("sending");
  later();
}

let attempt = 0;
let timer = 0;

function later() {
  if (timer) return;
  timer = setTimeout(flush, PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]);
  attempt += 1;
}

async function sendAll() {
  for (const item of await waiting()) {
    if (item.refused) continue;
    const answer = await deliver(item);
    if (isForLater(answer)) return later();
    if (answer.status < 400) await forget(item.key);
    else await inStore("readwrite", (store) => store.put({ ...item, refused: answer.status }));
    document.dispatchEvent(new CustomEvent(answer.status < 400 ? "tanggap:sent" : "tanggap:refused", { detail: { item, answer } }));
  }
  attempt = 0;
  found("sending");
  return undefined;
}

/** Send what waits. One tab at a time does it. */
export async function flush() {
  clearTimeout(timer);
  timer = 0;
  if (!navigator.locks) return sendAll();
  return navigator.locks.request("tanggap-outbox", { ifAvailable: true }, (lock) => (lock ? sendAll() : later()));
}

for (const name of ["tanggap:retry", "tanggap:found"]) document.addEventListener(name, flush);
window.addEventListener("online", flush);
