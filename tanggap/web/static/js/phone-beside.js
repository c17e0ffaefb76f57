/**
 * A supervisor's voice at this desk. A whisper is answered by itself and only heard: the call that goes on is not touched by it, and
 * its caller gets this desk's microphone alone. Who comes into the conversation is joined as in a conference.
 */

import { word } from "./console-words.js";
import { PhoneCall } from "./phone-call.js";
import { Watch } from "./phone-watch.js";

const NOBODY_TALKS = 480;
const BUSY = 486;

export class Beside extends EventTarget {
  /** `desk`: {main(), second(), conference}: the calls at this telephone. Event: `changed` (look at `says`). */
  constructor(headset, desk) {
    super();
    Object.assign(this, { headset, desk, says: "" });
  }

  /** Whether an INVITE is a supervisor's; then it is looked after here. */
  takes(session, request) {
    const manner = request.getHeader("X-Tanggap-Beside");
    if (!manner) return false;
    const main = this.desk.main();
    if (!main?.isLive) session.terminate({ status_code: NOBODY_TALKS });
    else if (manner === "masuk") this.join(session, main);
    else this.listen(session, main);
    return true;
  }

  tell(says) {
    if (this.says === says) return;
    this.says = says;
    this.dispatchEvent(new Event("changed"));
  }

  /** Hear a whisper; nothing goes back. */
  listen(session, main) {
    const speaker = new Audio();
    speaker.autoplay = true;
    const chosen = () => this.headset.soundIn(speaker);
    chosen();
    this.headset.addEventListener("chosen", chosen);
    session.on("peerconnection", ({ peerconnection }) =>
      peerconnection.addEventListener("track", ({ track, streams }) => {
        speaker.srcObject = streams[0] ?? new MediaStream([track]);
      }),
    );
    session.on("newInfo", ({ originator, info }) => {
      if (originator === "remote") this.tell(info.body?.trim() === "buka" ? word("phone_whisper") : "");
    });
    // A supervisor whose computer died is heard no more, and shall not seem to be there.
    const line = Object.assign(new EventTarget(), { state: "talking", connection: null });
    session.on("confirmed", () => {
      line.connection = session.connection;
      new Watch(line, (silent) => silent.has("got") && !session.isEnded() && session.terminate());
    });
    const over = () => {
      line.dispatchEvent(new Event("ended"));
      speaker.srcObject = null;
      this.headset.removeEventListener("chosen", chosen);
      this.tell("");
    };
    session.on("ended", over);
    session.on("failed", over);
    this.endsWith(main, session);
    session.answer({ mediaConstraints: { audio: false, video: false }, pcConfig: { iceServers: [] } });
  }

  /** Let the supervisor into the conversation. */
  async join(session, main) {
    const { conference } = this.desk;
    if (this.desk.second() && !conference.isOn) return void session.terminate({ status_code: BUSY });
    const call = new PhoneCall(session, this.headset, { who: word("phone_supervisor") });
    call.addEventListener("ended", () => this.tell(""));
    this.endsWith(main, session);
    // A supervisor whose computer dies must not stay in the conversation as silence.
    new Watch(call, (silent) => silent.has("got") && call.hangUp());
    const isAnswered = new Promise((resolve) => {
      call.addEventListener("changed", () => call.isLive && resolve(true));
      call.addEventListener("ended", () => resolve(false));
    });
    await call.answer();
    if (!(await isAnswered)) return undefined;
    await conference.join([...conference.calls, main, call].filter((one, at, all) => one.isLive && all.indexOf(one) === at));
    this.tell(word("phone_barge"));
    return undefined;
  }

  /** The supervisor's voice ends with the call that it is about. */
  endsWith(main, session) {
    main.addEventListener("ended", () => session.isEnded() || session.terminate(), { once: true });
  }
}
