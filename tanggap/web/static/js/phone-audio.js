/** The headset: which microphone and which ear are used, how loud one is, and a loop through which one hears oneself. */

import { person } from "./page.js";

const KEPT = `tanggap:headset:${person}`;
/** What a call needs of a microphone; the browser's own clean-up makes up for cheap headsets. */
const WISHES = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
/** One hears oneself this much later, or one could not tell the loop from one's own voice. Seconds. */
const LOOP_S = 1;

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

/** The microphone is opened once and lent to calls as copies, so that silencing one call silences no other. */
export class Headset extends EventTarget {
  constructor() {
    super();
    this.stream = null;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.dispatchEvent(new Event("changed")));
  }

  get choice() {
    return chosen();
  }

  /** Whether this page may ask for a microphone at all: browsers allow it on https and on this machine only. */
  static get isPossible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection);
  }

  /** Open the microphone. Rejects with the browser's own error when it is refused or missing. */
  async open() {
    if (this.stream?.getAudioTracks()[0]?.readyState === "live") return this.stream;
    const { input } = chosen();
    const wanted = { ...WISHES, ...(input ? { deviceId: { exact: input } } : {}) };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    } catch (error) {
      if (!input || error.name === "NotAllowedError") throw error;
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: WISHES }); // the chosen one is unplugged
    }
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.dispatchEvent(new Event("lost")));
    return this.stream;
  }

  /** A copy of the microphone for one call. */
  async lend() {
    const stream = await this.open();
    return new MediaStream([stream.getAudioTracks()[0].clone()]);
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async devices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    return { input: all.filter((one) => one.kind === "audioinput"), output: all.filter((one) => one.kind === "audiooutput") };
  }

  /** Use another device from now on: calls that are going on keep their microphone, their ear changes at once. */
  choose(kind, id) {
    localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), [kind]: id }));
    if (kind === "input") this.close();
    this.dispatchEvent(new Event("chosen"));
  }

  /** Let an element sound in the chosen ear. */
  async soundIn(element) {
    const { output } = chosen();
    await element.setSinkId?.(output ?? "").catch(() => {}); // unplugged: the usual one
  }
}

/** How loud a stream is, 0 to 1 (root mean square of the last 46 ms), asked whenever somebody looks. */
export class Meter {
  constructor(stream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  get level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return Math.sqrt(this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length);
  }

  /** Hear the stream a moment later; false ends it. */
  loop(on) {
    this.delay ??= new DelayNode(this.context, { delayTime: LOOP_S, maxDelayTime: LOOP_S });
    this.source.disconnect();
    this.source.connect(this.analyser);
    if (on) this.source.connect(this.delay).connect(this.context.destination);
    else this.delay.disconnect();
  }

  close() {
    this.context.close();
  }
}
