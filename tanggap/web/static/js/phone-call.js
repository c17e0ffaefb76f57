/**
 * One call in this browser, over one of JsSIP's sessions. Events: `changed` (look at `state`), `ended` ({cause, status}).
 *
 * States: ringing (here), calling (there), talking, held, ended.
 */

const G711 = new Set(["0", "8"]);
/** «Not now»: the edge gives the call to somebody else, at the front of the line. */
const NOT_NOW = 480;

/** An offer of ours with G.711 and keys alone: nothing has to be converted on the way, and recordings can be heard. */
export function onlyG711(sdp) {
  const keys = [...sdp.matchAll(/^a=rtpmap:(\d+) telephone-event\/8000/gm)].map((found) => found[1]);
  const kept = (sdp.match(/^m=audio .*/m)?.[0].split(" ").slice(3) ?? []).filter((kind) => G711.has(kind) || keys.includes(kind));
  if (!kept.some((kind) => G711.has(kind))) return sdp;
  return sdp
    .replace(/^(m=audio \d+ \S+) .*$/m, (_, head) => `${head} ${kept.join(" ")}`)
    .split("\r\n")
    .filter((line) => !/^a=(rtpmap|fmtp|rtcp-fb):/.test(line) || kept.includes(/:(\d+)/.exec(line)?.[1]))
    .join("\r\n");
}

/** Says that the edge has taken the call from here. */
const TAKEN = "X-Tanggap-Taken";
/** A network that takes longer than this to hand a call over does not do it. */
const REFER_MS = 10_000;
/** A line that is changing is asked again after this. */
const SETTLES_MS = 100;

/** JsSIP ends a call whose hold or change of network was refused. Whoever calls 112 is not lost for that: it is tried again. */
const KEPT = new Set(["Hold Failed", "Unhold Failed", "Media Renegotiation Failed"]);

/** What a held caller hears from us: two soft notes every four seconds, so that nobody thinks the line is dead. */
function holdNotes() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const gain = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { frequency: 523 });
  tone.connect(gain).connect(out);
  tone.start();
  const play = () => {
    const now = context.currentTime;
    for (const [from, hertz] of [[0, 523], [0.4, 659]]) {
      tone.frequency.setValueAtTime(hertz, now + from);
      gain.gain.setTargetAtTime(0.08, now + from, 0.03);
      gain.gain.setTargetAtTime(0, now + from + 0.25, 0.05);
    }
  };
  play();
  const timer = setInterval(play, 4_000);
  return {
    track: out.stream.getAudioTracks()[0],
    stop() {
      clearInterval(timer);
      context.close();
    },
  };
}

export class PhoneCall extends EventTarget {
  /** `about`: what the page knows of it ({call, report, peer…}); `headset` lends the microphone. */
  constructor(session, headset, about = {}) {
    super();
    Object.assign(this, { session, headset, about, since: Date.now(), isMuted: false, remote: null, mixed: null, notes: null, microphone: null });
    Object.assign(this, { wantsHeld: false, settling: null });
    this.state = session.direction === "incoming" ? "ringing" : "calling";
    /** Resolves when the other side's voice is there to be mixed: a moment after the answer. */
    this.isHeard = new Promise((resolve) => this.addEventListener("heard", resolve, { once: true }));
    this.speaker = new Audio();
    this.speaker.autoplay = true;
    headset.soundIn(this.speaker);
    this.onChosen = () => headset.soundIn(this.speaker);
    headset.addEventListener("chosen", this.onChosen);
    if (session.connection) this.wire(session.connection);
    else session.on("peerconnection", ({ peerconnection }) => this.wire(peerconnection));
    const end = session.terminate.bind(session);
    session.terminate = (options) => {
      if (KEPT.has(options?.reason_phrase)) this.dispatchEvent(new Event("refused"));
      else end(options);
    };
    session.on("sdp", (event) => {
      if (event.originator === "local" && event.type === "offer") event.sdp = onlyG711(event.sdp);
    });
    session.on("accepted", () => this.answered());
    session.on("confirmed", () => this.answered());
    session.on("refer", ({ reject }) => reject()); // this telephone is not sent elsewhere by others
    session.on("hold", ({ originator }) => originator === "local" && this.to("held"));
    session.on("unhold", ({ originator }) => originator === "local" && this.to("talking"));
    session.on("ended", (event) => this.end(event));
    session.on("failed", (event) => this.end(event));
  }

  /** Call an address. `microphone` is a copy lent by the headset. */
  static out(agent, address, headset, microphone, about) {
    const session = agent.call(address, { mediaStream: microphone, pcConfig: { iceServers: [] }, extraHeaders: about.headers ?? [] });
    const call = new PhoneCall(session, headset, about);
    call.microphone = microphone;
    return call;
  }

  get id() {
    return this.session.id;
  }

  get isLive() {
    return this.state === "talking" || this.state === "held";
  }

  get connection() {
    return this.session.connection;
  }

  get sender() {
    return this.connection?.getSenders().find((one) => one.track?.kind === "audio" || one === this.lastSender);
  }

  /** The other side's voice as a stream of its own: its track stays the same when a hold takes it out of the connection's stream. */
  get voice() {
    return new MediaStream(this.connection.getReceivers().map((one) => one.track).filter((track) => track.kind === "audio"));
  }

  wire(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      this.remote = streams[0] ?? new MediaStream([track]);
      this.speaker.srcObject = this.remote;
      this.dispatchEvent(new Event("heard"));
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState === "failed") this.mend();
      this.dispatchEvent(new Event("changed"));
    });
  }

  to(state) {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    this.dispatchEvent(new Event("changed"));
  }

  answered() {
    if (this.isLive) return;
    this.since = Date.now();
    this.lastSender = this.sender;
    this.to("talking");
  }

  end(event) {
    if (this.state === "ended") return;
    const wasLive = this.isLive;
    this.to("ended");
    this.notes?.stop();
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.speaker.srcObject = null;
    this.headset.removeEventListener("chosen", this.onChosen);
    const status = event.message?.status_code ?? 0;
    this.dispatchEvent(new CustomEvent("ended", { detail: { cause: event.cause, by: event.originator, status, wasLive } }));
  }

  async answer() {
    this.microphone = await this.headset.lend();
    if (this.state !== "ringing") return this.dropMicrophone();
    return this.session.answer({ mediaStream: this.microphone, pcConfig: { iceServers: [] } });
  }

  dropMicrophone() {
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
  }

  notNow() {
    if (this.state === "ringing") this.session.terminate({ status_code: NOT_NOW });
  }

  hangUp() {
    if (this.state === "ended") return;
    try {
      this.session.terminate();
    } catch {
      this.end({ cause: "gone" }); // it ended in this very moment
    }
  }

  mute(isMuted) {
    this.isMuted = isMuted;
    for (const track of (this.mixed?.microphone ?? this.microphone)?.getAudioTracks() ?? []) track.enabled = !isMuted;
    this.dispatchEvent(new Event("changed"));
  }

  /** Put the other side on hold: it hears notes, this side nothing. */
  hold() {
    return this.settle(true);
  }

  resume() {
    return this.settle(false);
  }

  /** While the line is changing, what was asked for last is done as soon as that is over: nobody is left on hold by a quick key. */
  settle(isHeld) {
    this.wantsHeld = isHeld;
    this.settling ??= this.change().finally(() => (this.settling = null));
    return this.settling;
  }

  async change() {
    while (this.isLive && (this.state === "held") !== this.wantsHeld) {
      if (!(this.wantsHeld ? this.holdNow() : this.resumeNow())) await new Promise((wait) => setTimeout(wait, SETTLES_MS));
    }
  }

  holdNow() {
    if (!this.session.hold()) return false;
    this.notes = holdNotes();
    this.sender?.replaceTrack(this.notes.track);
    return true;
  }

  resumeNow() {
    if (!this.session.unhold()) return false;
    this.sender?.replaceTrack(this.microphone.getAudioTracks()[0]);
    this.notes?.stop();
    this.notes = null;
    this.mute(this.isMuted);
    return true;
  }

  /** Send something else than the microphone alone: a conference's mixture; null is the microphone again. */
  async mix(mixed) {
    this.mixed = mixed;
    await this.sender?.replaceTrack((mixed?.stream ?? this.microphone).getAudioTracks()[0]);
    this.mute(this.isMuted);
  }

  /** Press keys for the other side (RFC 4733, in the audio). */
  keys(text) {
    if (this.isLive) this.session.sendDTMF(text, { transportType: "RFC2833" });
  }

  /** The network changed under the call: look for another way, while what still works goes on. */
  mend() {
    if (this.isLive && this.session.isReadyToReOffer?.()) this.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  /** Hand the other side over to an address; `other`: to a call that goes on already. Resolves to {went}, or {went: false, code}. */
  handOver(address, other = null) {
    return new Promise((resolve) => {
      const not = (code = 0) => resolve({ went: false, code });
      const eventHandlers = {
        requestFailed: ({ response }) => not(response?.status_code),
        // The centre's own edge takes the call at once; a network tells later whether it has followed.
        requestSucceeded: ({ response }) => response?.getHeader(TAKEN) && resolve({ went: true }),
        accepted: () => resolve({ went: true }),
        failed: () => not(),
      };
      setTimeout(not, REFER_MS); // some networks say «yes» and then nothing
      if (!this.session.refer(address, { eventHandlers, ...(other ? { replaces: other.session } : {}) })) not();
    });
  }
}
