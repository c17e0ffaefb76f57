/**
 * A supervisor's voice beside a call that goes on: a call of its own to the desk's browser, which answers by itself. Whispering, the
 * microphone is open only while a key is held.
 *
 * Event: `changed` (look at `state`: opening, quiet, open, over; `why` is set when it ended by itself).
 */

import { send } from "./console-server.js";
import { word } from "./page.js";
import { Headset } from "./phone-audio.js";
import { onlyG711 } from "./phone-call.js";

const PATIENCE_MS = 12_000;
/** What the desk answers: nobody talks there; somebody else is being asked. */
const WHY = { 480: "beside_nobody", 486: "beside_busy" };

export class Voice extends EventTarget {
  /** `path`: of the call on the supervisor's page. `manner`: «bisik» for the call taker alone, «masuk» for both. */
  constructor(path, manner) {
    super();
    Object.assign(this, { path, manner, state: "opening", isHeld: manner === "masuk", why: "", agent: null, session: null, microphone: null });
  }

  async begin() {
    if (!Headset.isPossible) return this.end("mic_impossible");
    try {
      this.microphone = await new Headset().lend();
    } catch (error) {
      return this.end(error.name === "NotAllowedError" ? "mic_refused" : "mic_missing");
    }
    const answer = await send("POST", `${this.path}/bicara`, { cara: this.manner });
    if (!answer.ok) return this.end("", answer.said ?? word("lost"));
    const { debug, UA, WebSocketInterface } = await import("../vendor/jssip.mjs");
    debug.disable();
    if (this.state === "over") return undefined; // the supervisor thought better of it meanwhile
    const { address, server, username, password, realm, target } = answer.body;
    this.agent = new UA({
      sockets: [new WebSocketInterface(server)], uri: address, authorization_user: username, password, realm, register: false,
      session_timers: false, user_agent: "Tanggap",
    });
    this.patience = setTimeout(() => this.end("beside_lost"), PATIENCE_MS);
    this.agent.once("connected", () => this.call(target));
    this.agent.start();
    return undefined;
  }

  call(target) {
    this.open(false);
    this.session = this.agent.call(target, { mediaStream: this.microphone, pcConfig: { iceServers: [] } });
    this.session.on("sdp", (event) => {
      if (event.originator === "local" && event.type === "offer") event.sdp = onlyG711(event.sdp);
    });
    this.session.on("confirmed", () => {
      clearTimeout(this.patience);
      this.state = "quiet";
      this.say();
    });
    this.session.on("ended", () => this.end("beside_over"));
    this.session.on("failed", ({ message }) => this.end(WHY[message?.status_code] ?? "beside_lost"));
    const speaker = new Audio();
    speaker.autoplay = true;
    this.session.connection.addEventListener("track", ({ track, streams }) => {
      if (this.manner === "masuk") speaker.srcObject = streams[0] ?? new MediaStream([track]);
    });
  }

  /** The key goes down or up; what is wished while the line is still being opened counts when it is. */
  hold(isHeld) {
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    this.say();
  }

  say() {
    if (this.state === "quiet" || this.state === "open") {
      this.state = this.isHeld ? "open" : "quiet";
      this.open(this.isHeld);
      this.session.sendInfo("text/plain", this.isHeld ? "buka" : "tutup");
    }
    this.dispatchEvent(new Event("changed"));
  }

  open(isOpen) {
    for (const track of this.microphone.getTracks()) track.enabled = isOpen;
  }

  end(why = "", said = "") {
    if (this.state === "over") return;
    this.state = "over";
    this.why = said || (why && word(why));
    clearTimeout(this.patience);
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    try {
      this.session?.terminate();
    } catch {
      // it is over already
    }
    this.agent?.stop();
    this.dispatchEvent(new Event("changed"));
  }
}
