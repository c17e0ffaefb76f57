/**
 * Text within a call: what the caller writes is shown letter by letter, what is typed here goes out as it is typed.
 *
 * The call is that on the telephone; without one it is that of the open report, for desks whose telephone is not this browser.
 */

import { json, send } from "./console-server.js";
import { make, word } from "./console-words.js";
import { toast } from "./notices.js";
import { clockText } from "./page.js";
import { play } from "./sound.js";

const EVERY_MS = 300;
const IDLE_MS = 1_000;
/** What is typed in one breath goes out together. */
const BREATH_MS = 80;
/** A line that has rested for so many looks is read aloud, though its writer has not ended it. */
const RESTED = 5;
const BACKSPACE = "\b";

export class Texts {
  #root;
  #mine = "";
  #call = "";
  #position = -1;
  #lines = [];
  /** Letters that are still to be sent, and the piece that is on its way. */
  #typed = "";
  #piece = null;
  /** What of the field has been typed to the caller. */
  #shown = "";
  #said = new Map();
  #rested = 0;
  #wasAway = false;
  #wake = () => {};

  constructor(root) {
    this.#root = root;
    this.#field.addEventListener("input", (event) => event.isComposing || this.#changed());
    this.#field.addEventListener("compositionend", () => this.#changed());
    this.#spot("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#line("");
    });
    this.#spot("form").addEventListener("click", ({ target }) => {
      const phrase = target.closest("[data-text-phrase]");
      if (phrase) this.#line(phrase.textContent);
    });
    this.#spot("copy").addEventListener("click", () => this.#copy());
    this.#run();
  }

  /** The call on the telephone, when it has text; "" when there is none. */
  follow(call) {
    this.#mine = call;
  }

  #spot(name) {
    return this.#root.querySelector(`[data-text-${name}]`);
  }

  get #field() {
    return this.#spot("type");
  }

  async #run() {
    for (;;) {
      const call = this.#mine || (document.querySelector("[data-text-live]")?.dataset.textLive ?? "");
      if (call !== this.#call) this.#turnTo(call);
      if (call) {
        await this.#write();
        await this.#read();
      }
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, call ? EVERY_MS : IDLE_MS);
      });
    }
  }

  #turnTo(call) {
    this.#field.value = "";
    this.#call = call;
    this.#position = -1;
    this.#lines = [];
    this.#typed = this.#shown = "";
    this.#piece = null;
    this.#said.clear();
    this.#root.hidden = true;
    this.#spot("lines").replaceChildren();
  }

  // ── reading ──

  async #read() {
    const call = this.#call;
    const told = await json(`/konsol/telepon/panggilan/${call}/teks?sesudah=${this.#position}`);
    if (!told || call !== this.#call) return;
    this.#root.hidden = !told.is_live && !this.#mine;
    for (const one of this.#root.querySelectorAll("[data-text-mine]")) one.hidden = !told.is_mine;
    if (told.lines) {
      const isFirst = !this.#lines.some((line) => line.side === "caller") && told.lines.some((line) => line.side === "caller");
      if (isFirst && this.#position >= 0) play("ringing");
      this.#position = told.position;
      this.#lines = told.lines;
      this.#rested = 0;
      this.#draw();
    } else this.#rested += 1;
    this.#readAloud();
  }

  #draw() {
    const list = this.#spot("lines");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    this.#lines.forEach((line, at) => {
      const row = list.children[at] ?? list.appendChild(newLine());
      row.dataset.side = line.side;
      row.toggleAttribute("data-open", !line.is_over);
      const texts = [`${line.side === "caller" ? word("text_caller") : line.who} · ${clockText(line.at)}`, line.text];
      texts.forEach((text, n) => {
        if (row.children[n].textContent !== text) row.children[n].textContent = text;
      });
    });
    while (list.children.length > this.#lines.length) list.lastElementChild.remove();
    this.#spot("hint").hidden = this.#lines.length > 0;
    this.#spot("copy").hidden = !this.#lines.some((line) => line.side === "caller");
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  /** To a screen reader a line is read when it has ended, or rests; not letter by letter. */
  #readAloud() {
    const fresh = [];
    this.#lines.forEach((line, at) => {
      const before = this.#said.get(at) ?? 0;
      if (line.side !== "caller" || line.text.length <= before || !(line.is_over || this.#rested >= RESTED)) return;
      this.#said.set(at, line.text.length);
      fresh.push(line.text.slice(before));
    });
    if (fresh.length) this.#spot("said").textContent = `${word("text_caller")}: ${fresh.join(". ")}`;
  }

  #copy() {
    const what = document.querySelector('#sheet [data-field="words"]');
    if (!what) return;
    const written = this.#lines.filter((line) => line.side === "caller").map((line) => line.text).join("\n");
    what.focus();
    what.setRangeText(`${what.value ? "\n" : ""}${written}`, what.value.length, what.value.length, "end");
    what.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ── writing ──

  /** What has changed in the field, as letters and backspaces. */
  #changed() {
    const [before, now] = [[...this.#shown], [...this.#field.value]];
    let same = 0;
    while (same < before.length && same < now.length && before[same] === now[same]) same += 1;
    this.#typed += BACKSPACE.repeat(before.length - same) + now.slice(same).join("");
    this.#shown = this.#field.value;
    if (this.#typed) setTimeout(() => this.#wake(), BREATH_MS);
  }

  /** End the line in the field; then a whole one. */
  #line(phrase) {
    this.#changed();
    if (this.#shown) this.#typed += "\n";
    if (phrase) this.#typed += `${phrase}\n`;
    this.#field.value = this.#shown = "";
    this.#field.focus();
    this.#wake();
  }

  async #write() {
    if (!this.#piece && this.#typed) {
      this.#piece = { id: newId(), letters: this.#typed };
      this.#typed = "";
    }
    if (!this.#piece) return;
    const { id, letters } = this.#piece;
    const answer = await send("POST", `/konsol/telepon/panggilan/${this.#call}/teks`, [["id", id], ["huruf", letters]], { isForm: true });
    if (answer.isAway) {
      if (!this.#wasAway) toast(word("text_away"), 6);
      this.#wasAway = true;
      return;
    }
    this.#wasAway = false;
    this.#piece = null;
    if (!answer.ok) toast(word("text_not_yours"), 8);
  }
}

function newLine() {
  return make("div", { class: "conversation-line" }, make("span", { class: "conversation-who" }), make("span", { class: "conversation-text" }));
}

/** `crypto.randomUUID` wants https; a desk with a telephone of its own may be without. */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
