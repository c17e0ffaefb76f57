/**
 * Notices when one side of a call stops being heard: no packet came, or none went, for three seconds. Whoever calls 112 and hears
 * nothing hangs up; the call taker must know first.
 */

const LOOK_EVERY_MS = 500;
const SILENT_AFTER_MS = 3_000;

/** Packets counted so far: {got, sent}; null while there is no media. */
export async function packets(connection) {
  const counted = { got: null, sent: null };
  for (const one of (await connection.getStats()).values()) {
    if (one.type === "inbound-rtp") counted.got = (counted.got ?? 0) + one.packetsReceived;
    if (one.type === "outbound-rtp") counted.sent = (counted.sent ?? 0) + one.packetsSent;
  }
  return counted;
}

/** Follow a call until it ends; `tell` gets the set of what is silent now: "got" (we hear nothing), "sent" (nothing goes out). */
export class Watch {
  constructor(call, tell) {
    Object.assign(this, { call, tell, last: {}, said: "" });
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    call.addEventListener("ended", () => this.stop());
  }

  stop() {
    clearInterval(this.timer);
    if (this.said) this.tell(new Set());
    this.said = "";
  }

  async look() {
    const { call } = this;
    const now = performance.now();
    if (call.state !== "talking" || !call.connection) {
      this.last = {}; // on hold nothing comes, rightly
      return this.say(new Set());
    }
    const counted = await packets(call.connection).catch(() => null);
    if (!counted || call.state !== "talking") return undefined;
    const silent = new Set();
    for (const way of ["got", "sent"]) {
      const before = this.last[way];
      if (!before || counted[way] !== before.count) this.last[way] = { count: counted[way], at: now };
      else if (now - before.at >= SILENT_AFTER_MS) silent.add(way);
    }
    return this.say(silent);
  }

  say(silent) {
    const text = [...silent].sort().join();
    if (text === this.said) return;
    this.said = text;
    this.tell(silent);
  }
}
