/**
 * A supervisor listens to a call: both voices come in, nothing goes out. One call at a time; a bar says so while it lasts, and from it
 * one may speak to the call taker alone while a key is held, or come into the conversation.
 */

import { send } from "./console-server.js";
import { toast } from "./notices.js";
import { isTextField, word } from "./page.js";
import { Voice } from "./whisper.js";

/** Held to speak to the call taker. */
const KEY = "b";

let now = null;
let isStarted = false;

export function start() {
  if (isStarted) return;
  isStarted = true;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-listen]");
    if (button) listen(button.dataset.listen, button.dataset.who);
  });
  document.addEventListener("keydown", (event) => {
    if (!now || event.key.toLowerCase() !== KEY || event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
    event.preventDefault();
    if (!event.repeat) whisper(true);
  });
  document.addEventListener("keyup", (event) => event.key.toLowerCase() === KEY && whisper(false));
  // Whoever looks elsewhere has let go of the key, though no page is told.
  window.addEventListener("blur", () => whisper(false));
  window.addEventListener("pagehide", stop);
  document.body.dataset.listens = ""; // from now on buttons do something
}

async function listen(call, who) {
  stop();
  const path = `/pengawas/panggilan/${call}/dengar`;
  const offered = await send("POST", path);
  if (!offered.ok) return void toast(offered.said ?? word("lost"), 8);
  const { tag, sdp } = offered.body;
  const connection = new RTCPeerConnection({ iceServers: [] });
  const voices = [];
  connection.addEventListener("track", ({ track }) => {
    const voice = new Audio();
    voice.srcObject = new MediaStream([track]);
    voice.play().catch(() => {});
    voices.push(voice);
  });
  now = { path, who, call: `/pengawas/panggilan/${call}`, tag, connection, voices, bar: bar(), voice: null };
  draw();
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState !== "failed" || now?.connection !== connection) return;
    toast(word("listening_lost"), 8);
    stop();
  });
  // Each voice still carries the names of the connection that it comes from; the browser gives them new ones.
  const own = sdp.split(/\r?\n/).filter((line) => !/^a=(mid|group|msid|ssrc|crypto)/.test(line)).join("\r\n");
  await connection.setRemoteDescription({ type: "offer", sdp: own });
  await connection.setLocalDescription(await connection.createAnswer());
  await gathered(connection);
  const answered = await send("POST", `${path}/jawab`, { tag, sdp: connection.localDescription.sdp });
  if (!answered.ok) {
    toast(answered.said ?? word("lost"), 8);
    stop();
  }
  return undefined;
}

function gathered(connection) {
  return new Promise((resolve) => {
    if (connection.iceGatheringState === "complete") return resolve();
    setTimeout(resolve, 1_000);
    return connection.addEventListener("icegatheringstatechange", () => connection.iceGatheringState === "complete" && resolve());
  });
}

// ── speaking ──

/** The key to speak to the call taker alone went down or up. */
function whisper(isHeld) {
  if (!now || now.voice?.manner === "masuk") return;
  if (!now.voice && isHeld) speak("bisik");
  now.voice?.hold(isHeld);
}

/** Come into the conversation, or leave it again. */
function join() {
  const isIn = now.voice?.manner === "masuk";
  now.voice?.end();
  if (!isIn) speak("masuk");
}

function speak(manner) {
  const voice = new Voice(now.call, manner);
  now.voice = voice;
  voice.addEventListener("changed", () => {
    if (now?.voice !== voice) return;
    if (voice.state === "over") {
      now.voice = null;
      if (voice.why) toast(voice.why, 8);
    }
    draw();
  });
  voice.begin();
  draw();
}

// ── the bar ──

function button(name, key, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-small";
  made.dataset.listening = name;
  made.setAttribute("aria-keyshortcuts", key);
  const drawn = document.createElement("kbd");
  drawn.className = "key";
  drawn.setAttribute("aria-hidden", "true");
  drawn.textContent = key;
  const label = document.createElement("span");
  label.textContent = word(name);
  made.append(drawn, label);
  if (act) {
    made.dataset.key = key;
    made.addEventListener("click", act);
  }
  return made;
}

function bar() {
  const box = document.createElement("div");
  box.className = "toast toast-listening";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const held = button("whisper", KEY.toUpperCase());
  held.addEventListener("pointerdown", (event) => {
    held.setPointerCapture(event.pointerId);
    whisper(true);
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) held.addEventListener(end, () => whisper(false));
  held.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) whisper(true);
  });
  held.addEventListener("keyup", (event) => (event.key === " " || event.key === "Enter") && whisper(false));
  box.append(said, held, button("barge_in", "M", join), button("stop_listening", "X", stop));
  document.getElementById("toasts")?.append(box);
  return box;
}

function draw() {
  const { bar: box, voice, who, voices } = now;
  const manner = voice?.manner;
  const isIn = manner === "masuk";
  const state = voice ? `${manner}_${voice.state}` : "quiet";
  const text = word({ bisik_opening: "beside_opening", masuk_opening: "beside_opening", bisik_open: "whispering", masuk_open: "barged_in" }[state] ?? "listening", { who });
  const said = box.querySelector("p");
  if (said.textContent !== text) said.textContent = text;
  box.dataset.state = state;
  const held = box.querySelector('[data-listening="whisper"]');
  held.setAttribute("aria-pressed", String(state === "bisik_open"));
  held.disabled = isIn;
  const join = box.querySelector('[data-listening="barge_in"]');
  join.setAttribute("aria-pressed", String(isIn));
  // In the conversation both voices come with it: once is enough.
  for (const one of voices) one.muted = state === "masuk_open";
}

function stop() {
  const { path, tag, connection, voices, voice, bar: box } = now ?? {};
  now = null;
  if (!connection) return;
  voice?.end();
  connection.close();
  for (const one of voices) one.srcObject = null;
  box.remove();
  send("POST", `${path}/jawab`, { tag });
}
