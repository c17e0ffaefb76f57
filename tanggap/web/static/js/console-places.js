/** The places that words may mean, asked for after each key; what is around a point. One question at a time, the newest wins. */

import { Options } from "./console-options.js";
import { json } from "./console-server.js";
import { make, word } from "./console-words.js";

/** Answers are kept for a moment: a letter taken back shows its list at once, and a new name of a place is found soon. */
const KEPT_MS = 30_000;
const MOST_KEPT = 200;
/** Fewer letters name nothing. */
const FEWEST = 2;
/** What to ask the caller stands still while one types, and comes when the hands rest. */
const ASK_AFTER_MS = 700;

/** Asks one question at a time; what is typed meanwhile is asked next, and only the last of it. */
class Asker {
  constructor(answered) {
    Object.assign(this, { answered, kept: new Map(), isAsking: false, next: null });
  }

  ask(said) {
    const kept = this.kept.get(said);
    if (kept && performance.now() - kept.at < KEPT_MS) {
      this.next = null;
      this.answered(said, kept.found);
    } else if (this.isAsking) {
      this.next = said;
    } else {
      this.fetch(said);
    }
  }

  async fetch(said) {
    this.isAsking = true;
    const found = await json(`/konsol/lokasi?q=${encodeURIComponent(said)}`, AbortSignal.timeout(3000));
    this.isAsking = false;
    if (found) {
      if (this.kept.size >= MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(said, { found, at: performance.now() });
      this.answered(said, found);
    }
    const { next } = this;
    this.next = null;
    if (next !== null && next !== said) this.ask(next);
  }
}

export class Places {
  /** `pick(place)` chooses; `found(places)` and `marked(at)` tell the map. */
  constructor(root, { pick, found, marked, isPlaced }) {
    Object.assign(this, { input: root.querySelector("#address"), list: root.querySelector("#candidates"), line: root.querySelector("#ask") });
    Object.assign(this, { pick, found, isPlaced, candidates: [], asking: 0, late: null });
    this.options = new Options(this.input, this.list, (option) => pick(this.candidates[Number(option.dataset.at)]), (at) => {
      marked(at);
      if (at < 0) this.showLate();
    });
    this.asker = new Asker((said, answer) => this.input.isConnected && said === this.said && this.show(answer));
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("focus", () => {
      if (this.candidates.length && !isPlaced()) this.options.open();
    });
  }

  /** What stands in the field; a space at its end says that the last word is whole. */
  get said() {
    return this.input.value.trimStart().replace(/\s+/g, " ");
  }

  look() {
    this.late = null;
    this.options.mark(-1);
    if (this.said.trim().length < FEWEST) this.show({ candidates: [], confident: true, ask: null });
    else this.asker.ask(this.said);
  }

  /** While a place is marked, the list stands still under the hand: an answer that comes late waits until the mark is gone. */
  show(answer) {
    if (this.options.at >= 0) {
      this.late = answer;
      return;
    }
    const { candidates, confident, ask } = answer;
    this.candidates = candidates;
    this.list.replaceChildren(...candidates.map(row));
    if (document.activeElement === this.input) this.options.open();
    this.found(candidates);
    this.tellAsk(confident ? "" : ask ?? "", candidates.length > 0);
  }

  showLate() {
    const { late } = this;
    this.late = null;
    if (late && !this.isPlaced()) this.show(late);
  }

  /** The question to read out: taken away at once, put there when the hands rest. */
  tellAsk(ask, hasAny) {
    clearTimeout(this.asking);
    const text = this.line.querySelector("q");
    if (text.textContent !== ask) this.line.hidden = true;
    if (!ask || this.isPlaced()) return;
    this.asking = setTimeout(() => {
      if (this.isPlaced()) return;
      this.line.querySelector("b").textContent = word(hasAny ? "not_sure" : "not_known");
      text.textContent = ask;
      this.line.hidden = false;
    }, ASK_AFTER_MS);
  }

  /** A point was chosen: nothing is to be asked. */
  settle() {
    clearTimeout(this.asking);
    this.line.hidden = true;
  }
}

function row(one, at) {
  return make(
    "li",
    { role: "option", id: `place-${at}`, "data-at": at, class: "candidate", "aria-selected": "false" },
    make("kbd", { class: "key", "aria-hidden": "true" }, String(at + 1)),
    make("span", { class: "candidate-name" }, one.name, make("span", { class: "muted" }, one.where ? ` ${one.where}` : "")),
    make("span", { class: "candidate-number" }, `±${one.uncertainty_m} m`),
    make("span", { class: "candidate-number candidate-likeness", title: one.sure }, `${Math.round(one.p * 100)} %`),
    make("span", { class: "candidate-why" }, one.why.join(" · ")),
  );
}

/** What is around a point, in the line `#here`: the nearest places, the kelurahan, or that it is outside the city. */
export class Here {
  constructor(root) {
    Object.assign(this, { line: root.querySelector("#here"), asked: "" });
  }

  async show(point) {
    const asked = point ? `lat=${point.lat}&lon=${point.lon}&m=${point.uncertainty_m ?? 50}` : "";
    if (asked === this.asked) return;
    this.asked = asked;
    if (!point) this.line.hidden = true;
    if (!point) return;
    const around = await json(`/konsol/apa-di-sini?${asked}`, AbortSignal.timeout(5000));
    if (!around || asked !== this.asked) return;
    const told = [around.within, ...around.near].filter(Boolean).join(" · ");
    this.line.querySelector("[data-here]").replaceChildren(
      ...(around.outside ? [make("strong", { role: "alert" }, around.outside), " "] : []), told,
    );
    this.line.hidden = false;
  }
}
