/**
 * This browser's line to the edge: signs in with short-lived credentials, stays signed in, comes back after the network was away.
 *
 * Events: `state` (look at `isUp`), `call` ({session}) when it rings here.
 */

import { send } from "./console-server.js";

/** Seconds: how long the edge believes that this phone is there, and how long a lost connection waits before it is tried again. */
const REGISTERED_S = 60;
const RECOVERY_S = { min: 1, max: 4 };
/** New credentials are asked for this long before the old ones are over. */
const EARLY_MS = 5 * 60_000;
const AGAIN_MS = 3_000;

export class Line extends EventTarget {
  constructor() {
    super();
    this.agent = null;
    this.isUp = false;
    this.realm = "";
    this.timer = null;
  }

  /** Sign in. Resolves when the edge has been asked; {said} when the server says no. */
  async start() {
    if (this.agent) return {};
    const answer = await send("POST", "/konsol/telepon");
    if (!answer.ok) return { said: answer.said ?? "", isAway: answer.isAway };
    const { debug, UA, WebSocketInterface } = await import("../vendor/jssip.mjs");
    debug.disable();
    const { address, server, username, password, realm } = answer.body;
    this.realm = realm;
    const agent = new UA({
      sockets: [new WebSocketInterface(server)],
      uri: address,
      authorization_user: username,
      password,
      realm,
      register: true,
      register_expires: REGISTERED_S,
      session_timers: false,
      no_answer_timeout: 120,
      connection_recovery_min_interval: RECOVERY_S.min,
      connection_recovery_max_interval: RECOVERY_S.max,
      user_agent: "Tanggap",
    });
    this.agent = agent;
    agent.on("registered", () => this.up(true));
    agent.on("unregistered", () => this.up(false));
    agent.on("registrationFailed", () => {
      this.up(false);
      this.renew(AGAIN_MS);
    });
    agent.on("disconnected", () => this.up(false));
    agent.on("newRTCSession", ({ originator, session, request }) => {
      if (originator === "remote") this.dispatchEvent(new CustomEvent("call", { detail: { session, request } }));
    });
    agent.start();
    this.renew(Date.parse(answer.body.expires_at) - Date.now() - EARLY_MS);
    return {};
  }

  up(isUp) {
    if (this.isUp === isUp) return;
    this.isUp = isUp;
    this.dispatchEvent(new Event("state"));
  }

  /** Ask for new credentials after a while; while the server is away the old ones go on as long as they are good. */
  renew(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const { agent } = this;
      if (!agent) return;
      const answer = await send("POST", "/konsol/telepon");
      if (this.agent !== agent) return;
      if (!answer.ok) return void this.renew(AGAIN_MS);
      agent.set("authorization_user", answer.body.username);
      agent.set("password", answer.body.password);
      if (agent.isConnected()) agent.register();
      this.renew(Date.parse(answer.body.expires_at) - Date.now() - EARLY_MS);
    }, Math.max(after, AGAIN_MS));
  }

  /** Sign out; a call that goes on ends with it. */
  stop() {
    clearTimeout(this.timer);
    this.agent?.stop();
    this.agent = null;
    this.up(false);
  }

  address(user) {
    return `sip:${user}@${this.realm}`;
  }
}
