/**
 * What is typed on one report: kept in this browser with every keystroke, sent within two seconds, forgotten when the server has it.
 *
 * A draft knows three layers of every field: what the server has (`known`), what is on its way (`sent`) and what was typed since
 * (`changed`). A batch that was sent is sent again unchanged until it is answered, so the server sees each change once: a
 * repeated batch finds its own values there and changes nothing.
 */

import { send } from "./console-server.js";

/** Milliseconds without a keystroke after which a draft is sent, and the longest that steady typing may put it off. */
const QUIET_MS = 500;
const LONGEST_MS = 1400;
/** Milliseconds between attempts while the server is away. */
const RETRY_MS = 1500;

const PREFIX = "tanggap.konsol.";

const same = (one, two) => JSON.stringify(one ?? "") === JSON.stringify(two ?? "");
const isEmpty = (record) => Object.keys(record).length === 0;

/** Drafts of one person in this browser that the server has not acknowledged. */
export class DraftStore {
  constructor(person) {
    this.prefix = `${PREFIX}${person}.`;
  }

  keep(draft) {
    const { key, id, openedAt, changed, sent } = draft;
    const isDone = id && !sent && isEmpty(changed);
    try {
      if (isDone) localStorage.removeItem(this.prefix + key);
      else localStorage.setItem(this.prefix + key, JSON.stringify({ key, id, openedAt, changed, sent, known: draft.known }));
      return true;
    } catch {
      return false; // storage full or forbidden: what is typed still stands on the screen and is still sent
    }
  }

  all() {
    const found = [];
    for (let at = 0; at < localStorage.length; at += 1) {
      const name = localStorage.key(at);
      if (!name?.startsWith(this.prefix)) continue;
      try {
        found.push(JSON.parse(localStorage.getItem(name)));
      } catch {
        localStorage.removeItem(name);
      }
    }
    return found;
  }

  of(id) {
    return this.all().find((entry) => entry.id === id);
  }
}

/** One report being written. Events: saving, saved, away, back, conflict, refused, created. */
export class Draft extends EventTarget {
  constructor(store, { key, id = null, openedAt = Date.now(), known = {}, changed = {}, sent = null }) {
    super();
    Object.assign(this, { store, key, id, openedAt, known, changed, sent });
    this.conflicts = {};
    this.held = new Set();
    this.isAway = false;
    this.timer = null;
    this.dirtySince = null;
    this.saving = null;
  }

  /** The value as the person who types sees it. */
  value(name) {
    for (const layer of [this.changed, this.sent?.fields ?? {}, this.known]) if (name in layer) return layer[name];
    return undefined;
  }

  /** Whether something waits that could be sent now. */
  get isClean() {
    return Boolean(this.id) && !this.sent && Object.keys(this.changed).every((name) => this.held.has(name));
  }

  /** Note new values; they are in the browser's store before this returns. */
  set(values, { now = false } = {}) {
    for (const [name, value] of Object.entries(values)) {
      const below = this.sent && name in this.sent.fields ? this.sent.fields[name] : this.known[name];
      if (same(value, below)) delete this.changed[name];
      else this.changed[name] = value;
    }
    this.store.keep(this);
    if (this.isClean) return;
    this.emit("saving");
    this.schedule(now);
  }

  /** Note a value in the browser's store only: a number of which half is typed is nobody's number yet. */
  hold(name, value) {
    this.held.add(name);
    this.changed[name] = value;
    this.store.keep(this);
  }

  release() {
    for (const name of this.held) if (!this.changed[name]) delete this.changed[name];
    const had = this.held.size > 0;
    this.held.clear();
    if (had && !this.isClean) this.schedule(true);
  }

  schedule(now = false) {
    clearTimeout(this.timer);
    this.dirtySince ??= Date.now();
    const left = LONGEST_MS - (Date.now() - this.dirtySince);
    this.timer = setTimeout(() => this.flush(), now ? 0 : Math.max(0, Math.min(QUIET_MS, left)));
  }

  /** Send everything that is not sent yet; true when the server has all of it. */
  async flush() {
    clearTimeout(this.timer);
    const run = (this.saving ?? Promise.resolve()).then(() => this.sendAll());
    this.saving = run.catch(() => {});
    return run;
  }

  async sendAll() {
    while (!this.isClean) {
      const answer = this.id ? await this.sendBatch() : await this.create();
      if (!answer) return false;
    }
    this.dirtySince = null;
    return true;
  }

  async create() {
    const age_s = Math.min(86_400, (Date.now() - this.openedAt) / 1000);
    const answer = await send("POST", "/konsol", { key: this.key, age_s });
    if (!this.answered(answer)) return null;
    this.id = answer.body.report;
    this.store.keep(this);
    this.emit("created", { id: this.id });
    return answer;
  }

  async sendBatch() {
    if (!this.sent) {
      const open = Object.entries(this.changed).filter(([name]) => !(name in this.conflicts) && !this.held.has(name));
      if (open.length === 0) return null;
      const was = open.filter(([name]) => name in this.known && name !== "number" && name !== "name");
      this.sent = { fields: Object.fromEntries(open), was: Object.fromEntries(was.map(([name]) => [name, this.known[name]])) };
      for (const [name] of open) delete this.changed[name];
      this.store.keep(this);
    }
    const answer = await send("PATCH", `/konsol/${this.id}`, this.sent);
    if (!this.answered(answer)) return null;
    const { fields } = this.sent;
    this.sent = null;
    const { conflicts, current } = answer.body;
    for (const [name, value] of Object.entries(fields)) {
      if (!conflicts.includes(name)) this.known[name] = value;
      else this.clash(name, value, current[name], answer.body.who);
    }
    if ("place_label" in fields && !conflicts.includes("place_label")) this.known.place_label = answer.body.place_label;
    this.store.keep(this);
    this.emit("saved", { at: answer.body.saved_at, rev: answer.body.rev, fields, place: answer.body.place_label });
    return answer;
  }

  /** Somebody else wrote in the same field. Answers are put together; of words and places the person decides. */
  clash(name, mine, theirs, who) {
    this.known[name] = theirs;
    if (name === "answers") {
      this.changed.answers = { ...theirs, ...mine, ...this.changed.answers };
      return;
    }
    this.changed[name] ??= mine;
    this.conflicts[name] = { theirs, who };
    this.emit("conflict", { name, mine: this.changed[name], theirs, who });
  }

  /** The person decides: keep what was typed here, or take the other's. */
  settle(name, keepMine) {
    delete this.conflicts[name];
    if (!keepMine) delete this.changed[name];
    this.store.keep(this);
    this.emit("saving");
    if (this.isClean) this.emit("saved", { at: new Date().toISOString(), fields: {} });
    else this.schedule(true);
  }

  answered(answer) {
    if (answer.ok) {
      if (this.isAway) this.emit("back");
      this.isAway = false;
      return true;
    }
    if (answer.isAway) {
      this.isAway = true;
      this.emit("away", { why: answer.why });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), RETRY_MS);
      return false;
    }
    if (this.sent) {
      this.changed = { ...this.sent.fields, ...this.changed };
      this.sent = null;
      this.store.keep(this);
    }
    this.emit("refused", { said: answer.said });
    return false;
  }

  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
