/** A citizen's call to 112 from this page: one button, plain words about what happens, and the point of the device if it is known. */

import { csrfToken } from "./page.js";
import { onlyG711 } from "./phone-call.js";

const PATIENCE_MS = 12_000;
/** A point that the device has not found by now comes too late for the call's beginning. */
const POINT_MS = 1_500;
/** «Somebody is busy»: the network says that one is kept in the line. */
const QUEUED = 182;

let root = null;
let agent = null;
let session = null;
let since = 0;
let microphone = null;
let announcement = null;
let isBurst = false;
/** By which the centre knows this call, and nobody else does. */
let callId = "";

const said = (name) => document.getElementById("web-call-words").content.querySelector(`[data-word="${name}"]`).textContent;
const button = (name) => root.querySelector(`[data-web-call-does="${name}"]`);

export function start() {
  if (root) return;
  root = document.getElementById("web-call");
  root.hidden = false;
  if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) {
    button("begin").hidden = true;
    return void say("impossible");
  }
  root.addEventListener("click", ({ target }) => {
    acts[target.closest("[data-web-call-does]")?.dataset.webCallDoes]?.();
  });
  window.addEventListener("beforeunload", (event) => session && event.preventDefault());
  setInterval(tick, 1_000);
  return undefined;
}

function say(name, state = root.dataset.state) {
  root.dataset.state = state;
  root.querySelector("[data-web-call-said]").textContent = said(name);
  const isOn = state === "on" || state === "talking";
  button("begin").hidden = isOn || state === "asking" || name === "impossible";
  button("end").hidden = !isOn;
  button("silent").hidden = state !== "talking";
  button("danger").hidden = !(isBurst && name === "waiting");
  root.querySelector("[data-web-call-number]").hidden = button("begin").hidden;
  announce(name === "waiting" || name === "told_danger");
  root.querySelector("[data-web-call-clock]").hidden = state !== "talking";
}

/** Whoever waits hears a voice, as on the telephone; without a file the words on the screen have to do. */
function announce(isOn) {
  if (isOn && !announcement) {
    announcement = new Audio("/lapor/panggil/pengumuman");
    announcement.loop = true;
    announcement.play().catch(() => {});
  } else if (!isOn && announcement) {
    announcement.pause();
    announcement = null;
  }
}

function tick() {
  if (root.dataset.state !== "talking") return;
  const seconds = Math.floor((Date.now() - since) / 1000);
  root.querySelector("[data-web-call-clock]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The device's point, when it is known at once; the call never waits longer for it. */
function point() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), POINT_MS);
    navigator.geolocation?.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(null), { maximumAge: 60_000 });
  });
}

async function begin() {
  say("asking", "asking");
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (error) {
    return void say(error.name === "NotAllowedError" ? "refused" : "missing", "idle");
  }
  say("connecting", "asking");
  const [answer, place] = await Promise.all([ask(), point()]);
  if (!answer?.ok) return void finish(answer?.status === 429 ? "too_many" : "away");
  const { debug, UA, WebSocketInterface } = await import("../vendor/jssip.mjs");
  debug.disable();
  const { address, server, username, password, realm, target, is_burst: many } = await answer.json();
  isBurst = many;
  agent = new UA({
    sockets: [new WebSocketInterface(server)], uri: address, authorization_user: username, password, realm, register: false,
    session_timers: false, connection_recovery_min_interval: 1, connection_recovery_max_interval: 4, user_agent: "Tanggap",
  });
  const patience = setTimeout(() => finish("away"), PATIENCE_MS);
  agent.once("connected", () => {
    clearTimeout(patience);
    call(target, place);
  });
  agent.start();
  return undefined;
}

function ask(path = "/lapor/panggil", body = "") {
  return fetch(path, {
    method: "POST",
    headers: { accept: "application/json", "x-csrftoken": csrfToken(), "content-type": "application/x-www-form-urlencoded" },
    body,
  }).catch(() => null);
}

/** What is told of the caller with the call: the point, the number when one was given, the language of this page. */
function about(place) {
  const number = root.querySelector("#web-call-number").value.replace(/[^0-9+]/g, "");
  return [
    place && `X-Tanggap-Point: ${place.latitude.toFixed(6)},${place.longitude.toFixed(6)},${Math.round(place.accuracy)}`,
    number && `X-Tanggap-Number: ${number}`,
    `X-Tanggap-Language: ${document.documentElement.lang}`,
  ].filter(Boolean);
}

function call(target, place) {
  session = agent.call(target, { mediaStream: microphone, pcConfig: { iceServers: [] }, extraHeaders: about(place) });
  say("connecting", "on");
  session.on("sending", ({ request }) => {
    callId = request.call_id;
  });
  session.on("sdp", (event) => {
    if (event.originator === "local" && event.type === "offer") event.sdp = onlyG711(event.sdp);
    // Whoever speaks is heard: another desk may go on with this call, and is another source than the one that answered.
    if (event.originator === "remote") event.sdp = event.sdp.replace(/^a=(ssrc|ssrc-group|msid):.*\r?\n/gm, "");
  });
  session.on("progress", ({ response }) => say(response?.status_code === QUEUED ? "waiting" : "ringing", "on"));
  session.on("accepted", () => {
    since = Date.now();
    say("talking", "talking");
  });
  session.on("refer", ({ reject }) => reject()); // these credentials call 112 and nobody else: the centre joins us instead
  session.on("hold", ({ originator }) => originator === "remote" && say("held", "talking"));
  session.on("unhold", ({ originator }) => originator === "remote" && say("talking", "talking"));
  session.on("ended", ({ originator }) => finish(originator === "system" ? "broken" : "ended"));
  session.on("failed", ({ originator }) => finish(originator === "local" ? "ended" : "broken"));
  const speaker = new Audio();
  speaker.autoplay = true;
  session.connection.addEventListener("track", ({ streams, track }) => {
    speaker.srcObject = streams[0] ?? new MediaStream([track]);
  });
}

function finish(name) {
  session = null;
  for (const track of microphone?.getTracks() ?? []) track.stop();
  agent?.stop();
  agent = null;
  say(name, "idle");
}

const acts = {
  begin,
  end: () => session?.terminate(),
  async danger() {
    const told = await ask("/lapor/panggil/bahaya", new URLSearchParams({ panggilan: callId }));
    if (!told?.ok || root.dataset.state !== "on") return;
    isBurst = false; // once is enough
    say("told_danger");
  },
  silent() {
    session?.sendDTMF("55", { transportType: "RFC2833" });
    say("told_silent", "talking");
  },
};
