/** The call taker's telephone on the console: what rings, what one talks on, and every act on it with a key. */

import { json, send } from "./console-server.js";
import { make, word } from "./console-words.js";
import { toast } from "./notices.js";
import { clockText, person, serverNow } from "./page.js";
import { Headset, Meter } from "./phone-audio.js";
import { Beside } from "./phone-beside.js";
import { PhoneCall } from "./phone-call.js";
import { fillDestinations, handOn, needIn, noteNeed, QUEUE } from "./phone-hand-on.js";
import { Line } from "./phone-line.js";
import { Texts } from "./phone-text.js";
import { Conference } from "./phone-mix.js";
import { Watch } from "./phone-watch.js";
import { play } from "./sound.js";

const RING_EVERY_MS = 2_200;
/** The report of a call is there within a moment; while the database is away it comes later. */
const ASK_AGAIN_MS = [0, 300, 600, 1_200, 2_400];
/** What the edge answers when every trunk is dead, and when a colleague cannot be given a call. */
const NO_TRUNK = 503;
const NOT_THERE = 480;
const WAS_ON = `tanggap:phone:${person}`;

const headset = new Headset();
const line = new Line();
const conference = new Conference(headset);
const beside = new Beside(headset, { main: () => main, second: () => second, conference });

let root = null;
let ringing = null;
/** The call that one talks on, and the one beside it while somebody is asked. */
let main = null;
let second = null;
let isReady = false;
let readySince = 0;
/** To whom calls were passed on, by their ids: one that nobody answers there comes back. */
const passedTo = new Map();
let silent = new Set();
let meter = null;
let texts = null;
let ringTimer = null;

const part = (name) => root.querySelector(`[data-phone-part="${name}"]`);
const spot = (name) => root.querySelector(`[data-phone-says="${name}"]`);
const say = (name, text) => {
  if (spot(name).textContent !== text) spot(name).textContent = text;
};

export function start() {
  if (root) return;
  root = document.querySelector("[data-phone]");
  root.addEventListener("click", ({ target }) => acts[target.closest("[data-phone-does]")?.dataset.phoneDoes]?.());
  part("transfer").addEventListener("submit", transfer);
  texts = new Texts(part("text"));
  part("transfer").addEventListener("change", showWays);
  document.addEventListener("click", callBackClicked);
  root.querySelector("[data-phone-keys]").addEventListener("input", ({ target }) => {
    talked()?.keys(target.value.slice(-1));
  });
  for (const kind of ["input", "output"]) {
    root.querySelector(`[data-phone-device="${kind}"]`).addEventListener("change", ({ target }) => chooseDevice(kind, target.value));
  }
  line.addEventListener("state", () => {
    if (!line.isUp && isReady) play("lost");
    draw();
  });
  line.addEventListener("call", ({ detail }) => rings(detail));
  beside.addEventListener("changed", () => draw());
  headset.addEventListener("lost", () => toast(word("phone_mic_lost"), 10));
  headset.addEventListener("changed", showDevices);
  window.addEventListener("beforeunload", (event) => {
    if (main?.isLive || second?.isLive) event.preventDefault();
  });
  window.addEventListener("online", () => [main, second].forEach((call) => call?.mend()));
  setInterval(drawClock, 1_000);
  draw();
  root.dataset.listens = ""; // from now on keys and buttons do something
  if (sessionStorage.getItem(WAS_ON)) switchOn();
}

// ── ready, away ──

/** Only one tab of a browser is a telephone: two would ring and answer against each other. Resolves to whether it is this one. */
function takeTab() {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`tanggap-phone-${person}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined; // held until the tab goes
    });
  });
}

let hasTab = false;

async function switchOn() {
  if (!Headset.isPossible) return void toast(word("phone_impossible"), 12);
  hasTab ||= await takeTab();
  if (!hasTab) return void toast(word("phone_other_tab"), 10);
  try {
    await headset.open();
  } catch (error) {
    return void toast(word(error.name === "NotAllowedError" ? "phone_mic_refused" : "phone_mic_missing"), 12);
  }
  const started = await line.start();
  if ("said" in started) return void toast(started.said || word("phone_away"), 10);
  const answer = await send("POST", "/konsol/telepon/siap", [["siap", "1"]], { isForm: true });
  if (!answer.ok) return void toast(answer.said ?? word("phone_away"), 8);
  sessionStorage.setItem(WAS_ON, "1");
  isReady = true;
  readySince = serverNow();
  draw();
  return undefined;
}

async function switchOff() {
  const answer = await send("POST", "/konsol/telepon/siap", [["siap", ""]], { isForm: true });
  if (!answer.ok) return void toast(answer.said ?? word("phone_away"), 8);
  sessionStorage.removeItem(WAS_ON);
  isReady = false;
  draw();
  return undefined;
}

// ── a call comes ──

async function rings({ session, request }) {
  if (beside.takes(session, request)) return;
  const about = { sip: request.call_id, call: id(request.getHeader("X-Tanggap-Call")), report: id(request.getHeader("X-Tanggap-Report")) };
  // While the database is slow a call rings before it has an id: then it is known by its Call-ID. Colleagues call by their own.
  about.isColleague = /^[0-9a-f]{32}$/.test(request.from.uri.user ?? "");
  about.isBack = Boolean(request.getHeader("X-Tanggap-Returned"));
  if (about.isColleague) about.who = request.from.display_name || word("phone_colleague");
  const call = new PhoneCall(session, headset, about);
  if (ringing) return void call.notNow(); // one after the other
  ringing = call;
  follow(call);
  call.addEventListener("ended", ({ detail }) => {
    if (ringing !== call) return;
    ringing = null;
    stopRinging();
    if (!detail.wasLive) toast(word("phone_stopped"), 5);
    draw();
  });
  play("ringing");
  ringTimer ??= setInterval(() => play("ringing"), RING_EVERY_MS);
  draw();
  if (about.isColleague) return;
  about.learnt = learn(call);
  await about.learnt;
  if (call.state === "ringing") tellConsole(call, false);
}

function id(header) {
  return /^[0-9a-f-]{32,36}$/i.test(header ?? "") ? header : "";
}

/** An id as addresses have it. */
function dashed(hex) {
  return hex.replaceAll("-", "").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Ask what is known of a call: whose number, from where, what was told before. */
async function learn(call) {
  for (const wait of ASK_AGAIN_MS) {
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    if (call.state === "ended") return;
    const { call: named, sip } = call.about;
    const known = await json(`/konsol/telepon/panggilan${named ? `/${dashed(named)}` : `?sip=${encodeURIComponent(sip)}`}`);
    if (known) {
      Object.assign(call.about, known);
      draw();
      return;
    }
  }
}

function tellConsole(call, isAnswered) {
  document.dispatchEvent(new CustomEvent("tanggap:call", { detail: { report: call.about.report ? dashed(call.about.report) : "", isAnswered } }));
}

function stopRinging() {
  clearInterval(ringTimer);
  ringTimer = null;
}

/** Keep the screen true to a call until it has ended. */
function follow(call) {
  let was = call.state;
  call.addEventListener("changed", () => {
    if (was !== call.state && call.state === "talking" && (was === "calling" || was === "ringing")) answered(call);
    was = call.state;
    draw();
  });
  call.addEventListener("refused", () => toast(word("phone_again"), 4));
  call.addEventListener("ended", ({ detail }) => {
    if (detail.status === NO_TRUNK) toast(word("phone_no_trunk"), 10);
    if (second === call) {
      second = null;
      if (main?.wantsHeld) main.resume();
    } else if (main === call) {
      main = second;
      second = null;
      silent = new Set();
    }
    draw();
    document.dispatchEvent(new CustomEvent("tanggap:call", { detail: { isOver: true } }));
  });
}

function answered(call) {
  call.about.onAnswered?.();
  new Watch(call, (now) => {
    if (talked() !== call && main !== call) return;
    silent = now;
    if (now.size) play("lost");
    draw();
  });
}

async function answer() {
  const call = ringing;
  if (!call) return;
  stopRinging();
  if (main?.state === "talking") main.hold();
  try {
    await call.answer();
  } catch {
    call.notNow();
    return void toast(word("phone_mic_refused"), 12);
  }
  if (call.state === "ended") return undefined; // it was taken away in the very moment in which it was answered
  ringing = null;
  if (main) second = call;
  else main = call;
  draw();
  if (call.about.isColleague) return undefined;
  await call.about.learnt; // without a report of its own, what is said is written on a fresh one
  return tellConsole(call, true);
}

// ── on the line ──

/** The call whose other side hears us now. */
function talked() {
  return second?.isLive && second.state === "talking" ? second : main;
}

function hangUp() {
  if (conference.isOn) [...conference.calls].forEach((call) => call.hangUp());
  else (second ?? main)?.hangUp();
}

function hold() {
  const call = main;
  if (!call?.isLive || conference.isOn) return;
  if (call.wantsHeld) call.resume();
  else call.hold();
}

function mute() {
  const isMuted = !talked()?.isMuted;
  for (const call of [main, second]) call?.mute(isMuted);
  draw();
}

async function dial(user, about) {
  if (!line.isUp) {
    toast(word("phone_switch_on_first"), 6);
    return null;
  }
  const microphone = await headset.lend();
  const call = PhoneCall.out(line.agent, line.address(user), headset, microphone, about);
  follow(call);
  return call;
}

// ── somebody else is asked ──

async function openTransfer() {
  if (!main?.isLive) return;
  const box = part("transfer");
  box.hidden = !box.hidden;
  if (box.hidden) return;
  box.reset();
  const call = main;
  const select = box.querySelector("[name=tujuan]");
  await fillDestinations(select, async () => {
    await call.about.learnt;
    return call === main && canHandOn(call);
  });
  showWays();
  select.focus();
}

/** Nobody can be asked in the line; what a caller needs can be noted only when it is named. */
function showWays() {
  const box = part("transfer");
  const { value } = box.querySelector("[name=tujuan]");
  const isTyped = Boolean(box.querySelector("[name=nomor]").value);
  box.querySelector("[value=tanya]").hidden = !isTyped && value.split(":")[0] === QUEUE;
  box.querySelector("[value=catat]").hidden = isTyped || !needIn(value);
}

/** Only a call that came in over the line can go back to it. */
function canHandOn(call) {
  return Boolean(call?.about.call) && ["in", "web"].includes(call.about.direction) && !second && !conference.isOn;
}

async function toWhoCan(need, isNoteOnly) {
  const call = main;
  if (!canHandOn(call)) return void toast(word("phone_cannot_leave"), 8);
  if (isNoteOnly) return void toast(await noteNeed(call.about.call, need), 6);
  const { isTaken, said: told } = await handOn(call.about.call, need);
  toast(told, 8);
  if (isTaken) call.hangUp();
  return undefined;
}

async function transfer(event) {
  event.preventDefault();
  const box = part("transfer");
  const asked = event.submitter?.value;
  const typed = box.querySelector("[name=nomor]").value.replace(/[^0-9+]/g, "");
  const select = box.querySelector("[name=tujuan]");
  const user = typed || select.value;
  if (!user || !main?.isLive) return void toast(word("phone_choose"), 4);
  const who = typed || select.selectedOptions[0].textContent;
  const isBlind = asked === "langsung";
  const need = needIn(user);
  if (asked === "tanya" && (user === QUEUE || need)) return void toast(word("phone_queue_no_question"), 6);
  box.hidden = true;
  if (need) return void toWhoCan(need, asked === "catat");
  if (isBlind) {
    const { went, code } = await passOn(user, who);
    if (went) return undefined;
    if (code === NOT_THERE) return void toast(word("phone_not_there", { who }), 8);
    if (user === QUEUE || !main?.isLive) return void toast(word("phone_cannot_leave"), 8);
  }
  if (isBlind) toast(word("phone_stays", { who }), 10);
  if (main.state === "talking") main.hold();
  second = await dial(user, { who, onAnswered: () => isBlind && join() });
  if (!second) main.resume();
  draw();
  return undefined;
}

/** Give the call to somebody else, and be free. */
async function passOn(user, who) {
  const call = main;
  const answer = await call.handOver(line.address(user));
  if (!answer.went) return answer;
  if (call.about.call) passedTo.set(dashed(call.about.call), who);
  toast(word("phone_passed", { who }), 8);
  call.hangUp();
  return answer;
}

async function join() {
  if (!main?.isLive || !second?.isLive || conference.isOn) return;
  await conference.join([main, second]);
  draw();
}

/** Let the two others talk without us, where their network can. */
async function leave() {
  if (!main?.isLive || !second?.isLive) return;
  const asked = second;
  const { user } = asked.session.remote_identity.uri;
  const isAlone = !conference.isOn && (await main.handOver(asked.session.remote_identity.uri.toString(), asked)).went;
  if (isAlone) {
    toast(word("phone_handed_over", { who: asked.about.who }), 6);
    main?.hangUp();
  } else if (!main?.isLive || !(await passOn(user, asked.about.who)).went) return void toast(word("phone_cannot_leave"), 8);
  asked.hangUp(); // where the two are not joined by their network, the caller rings there anew
  return undefined;
}

// ── calling back ──

function callBackClicked(event) {
  const link = event.target.closest?.("[data-send-link]");
  if (link) return void sendLink(link.dataset);
  const button = event.target.closest?.("[data-call-back]");
  if (!button) return;
  event.preventDefault();
  callBack(button.dataset.callBack, button.dataset.report, button.dataset.who);
  return undefined;
}

/** A message with the address of /lapor. Without a gateway it is this person's own telephone that sends it; that look is audited. */
async function sendLink({ sendLink: missed, report }) {
  const sent = await send("POST", `/konsol/telepon/kembali/${missed}/tautan`, [], { isForm: true });
  if (!sent.ok) return void toast(sent.said ?? word("phone_away"), 8);
  toast(sent.body.said, 6);
  document.dispatchEvent(new CustomEvent("tanggap:missed"));
  if (!sent.body.text) return undefined;
  const answer = await send("POST", `/konsol/${report}/nomor`, [], { isForm: true });
  if (!answer.ok) return void toast(answer.said ?? word("phone_away"), 6);
  location.href = `sms:${answer.body.number}?body=${encodeURIComponent(sent.body.text)}`;
  return undefined;
}

/** The edge fills the number in, and the queue writes down what came of it. */
async function callBack(missed, report, who) {
  if (main) return void toast(word("phone_busy"), 5);
  main = await dial(`kembali-${missed.replaceAll("-", "")}`, { report, masked: who, call: missed });
  draw();
  if (main && report) document.dispatchEvent(new CustomEvent("tanggap:call", { detail: { report, isAnswered: true } }));
  return undefined;
}

function callBackNow() {
  const { about } = main ?? {};
  if (!about?.call) return;
  main.addEventListener("ended", () => callBack(about.call, about.report, about.masked), { once: true });
  main.hangUp();
}

// ── the headset ──

async function test() {
  const box = part("test");
  if (!box.hidden) return void endTest();
  try {
    await headset.open();
  } catch (error) {
    return void toast(word(error.name === "NotAllowedError" ? "phone_mic_refused" : "phone_mic_missing"), 12);
  }
  box.hidden = false;
  await showDevices();
  meter = new Meter(headset.stream);
  const bar = box.querySelector("meter");
  const look = () => {
    if (!meter) return;
    bar.value = Math.min(1, meter.level * 4);
    requestAnimationFrame(look);
  };
  look();
  box.querySelector("select").focus();
  return undefined;
}

function endTest() {
  part("test").hidden = true;
  meter?.close();
  meter = null;
  part("test").querySelector('[data-phone-does="loop"]').setAttribute("aria-pressed", "false");
}

function loop() {
  const button = part("test").querySelector('[data-phone-does="loop"]');
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  meter?.loop(on);
}

async function showDevices() {
  if (part("test").hidden) return;
  const found = await headset.devices();
  for (const kind of ["input", "output"]) {
    const select = root.querySelector(`[data-phone-device="${kind}"]`);
    const options = found[kind].map((one, at) => make("option", { value: one.deviceId }, one.label || `${at + 1}`));
    select.replaceChildren(...options);
    select.value = headset.choice[kind] ?? found[kind][0]?.deviceId ?? "";
  }
}

async function chooseDevice(kind, chosen) {
  headset.choose(kind, chosen);
  if (kind !== "input") return;
  endTest();
  await test();
}

const acts = {
  ready: () => (isReady ? switchOff() : switchOn()),
  answer,
  later: () => ringing?.notNow(),
  hold,
  mute,
  "hang-up": hangUp,
  transfer: openTransfer,
  join,
  leave,
  "drop-second": () => second?.hangUp(),
  "call-back-now": callBackNow,
  test,
  loop,
};

// ── what the screen says ──

function whose(call) {
  const { masked, who, direction } = call.about;
  return masked || who || (direction === "web" ? word("phone_web") : word("phone_withheld"));
}

function known(call) {
  const { trunk, earlier, unreal, place, is_urgent: isUrgent, direction } = call.about;
  const isBack = call.about.isBack && call.about.call;
  return [
    isBack ? word("phone_returned", { who: passedTo.get(dashed(call.about.call)) ?? word("phone_target") }) : "",
    isUrgent ? word("phone_urgent") : "",
    call.about.has_text ? word("phone_text") : "",
    direction === "web" ? word("phone_web") : trunk,
    earlier ? word("phone_earlier", { n: earlier, m: unreal }) : earlier === 0 ? word("phone_first") : "",
    place,
  ].filter(Boolean).join(" · ");
}

function lineState() {
  if (!isReady) return "off";
  return line.isUp ? "ready" : "lost";
}

function draw() {
  const state = lineState();
  root.dataset.state = ringing ? "ringing" : main ? "talking" : state;
  say("line", word({ off: "phone_off", ready: "phone_ready", lost: "phone_lost" }[state], { time: clockText(readySince || serverNow()) }));
  root.querySelector('[data-phone-does="ready"]').setAttribute("aria-pressed", String(isReady));
  part("ringing").hidden = !ringing;
  if (ringing) {
    say("ringing-who", whose(ringing));
    say("ringing-known", known(ringing));
  }
  part("talking").hidden = !main;
  if (main) drawMain();
  else part("transfer").hidden = true;
  part("beside").hidden = !beside.says;
  say("beside", beside.says);
  part("second").hidden = !second;
  if (second) {
    say("second-who", whose(second));
    say("second-state", word({ ringing: "phone_calling", calling: "phone_calling", talking: "phone_talking", held: "phone_held" }[second.state] ?? "phone_talking"));
    part("second").querySelector('[data-phone-does="join"]').disabled = !second.isLive || conference.isOn;
    part("second").querySelector('[data-phone-does="leave"]').disabled = !second.isLive;
  }
  drawWarning();
  drawClock();
  const { about } = main ?? ringing ?? {};
  texts.follow(about?.has_text ? dashed(about.call) : "");
}

function drawMain() {
  say("who", whose(main));
  const isOn = conference.isOn;
  const state = isOn ? "phone_conference" : { calling: "phone_calling", talking: "phone_talking", held: "phone_held" }[main.state];
  say("state", word(main.isMuted ? "phone_muted" : (state ?? "phone_talking")));
  const buttons = Object.fromEntries([...part("talking").querySelectorAll("[data-phone-does]")].map((one) => [one.dataset.phoneDoes, one]));
  buttons.hold.disabled = !main.isLive || isOn || Boolean(second);
  buttons.hold.setAttribute("aria-pressed", String(main.state === "held"));
  buttons.mute.disabled = !main.isLive;
  buttons.mute.setAttribute("aria-pressed", String(main.isMuted));
  buttons.transfer.disabled = !main.isLive || Boolean(second);
}

function drawWarning() {
  const isBad = silent.size > 0 && Boolean(main?.isLive);
  part("warning").hidden = !isBad;
  if (isBad) say("warning", word(silent.has("got") ? "phone_hear_nothing" : "phone_not_heard"));
  part("warning").querySelector('[data-phone-does="call-back-now"]').hidden = !main?.about.call;
}

function drawClock() {
  const call = ringing ?? main;
  if (!call) return;
  const seconds = Math.floor((Date.now() - call.since) / 1000);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  say(ringing ? "ringing-clock" : "clock", text);
}
