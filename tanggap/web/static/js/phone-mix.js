/**
 * A conference: each side hears the microphone and every other side. It is mixed here, in this browser, and lasts as long as this
 * browser stays in it.
 */

export class Conference {
  constructor(headset) {
    this.headset = headset;
    this.calls = [];
    this.context = null;
  }

  get isOn() {
    return this.calls.length > 1;
  }

  /** Join calls that are answered. */
  async join(calls) {
    await Promise.all(calls.map((call) => call.isHeard));
    for (const call of calls) await call.resume();
    if (!calls.every((call) => call.isLive)) return; // somebody hung up meanwhile
    this.calls = [...new Set([...this.calls, ...calls])];
    for (const call of this.calls) call.addEventListener("ended", () => this.leave(call), { once: true });
    await this.mix();
  }

  async leave(call) {
    if (!this.calls.includes(call)) return;
    this.calls = this.calls.filter((one) => one !== call);
    await this.mix();
  }

  /** Lay the ways anew: from the microphone and from every side to all others. */
  async mix() {
    const before = { context: this.context, microphones: this.microphones ?? [] };
    this.microphones = [];
    const { calls } = this;
    if (calls.length < 2) {
      this.calls = [];
      this.context = null;
      for (const call of calls) if (call.isLive) await call.mix(null);
    } else {
      this.context = new AudioContext();
      const voices = new Map(calls.map((call) => [call, this.context.createMediaStreamSource(call.voice)]));
      for (const call of calls) {
        const microphone = await this.headset.lend();
        this.microphones.push(microphone);
        const out = this.context.createMediaStreamDestination();
        this.context.createMediaStreamSource(microphone).connect(out);
        for (const [other, voice] of voices) if (other !== call) voice.connect(out);
        await call.mix({ stream: out.stream, microphone });
      }
    }
    for (const track of before.microphones.flatMap((one) => one.getTracks())) track.stop();
    await before.context?.close();
  }
}
