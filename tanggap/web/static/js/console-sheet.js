/** One report on the screen: its fields, candidates for the place, suggestions for the category, questions, clashes. */

import { Options } from "./console-options.js";
import { Here, Places } from "./console-places.js";
import { json, send } from "./console-server.js";
import { make, mark, word } from "./console-words.js";

const SUGGEST_AFTER_MS = 200;
/** A telephone number is sent when the field is left, or when this many digits stand still for a moment. */
const DIGITS_ENOUGH = 10;
const NUMBER_AFTER_MS = 1200;
/** Metres of uncertainty of a point set by hand, by the map's zoom: a finger's width of the screen. */
const uncertaintyAt = (zoom) => Math.round(Math.max(10, Math.min(2000, (40_075_017 / 2 ** (zoom + 9)) * 12)));

function later(wait, act) {
  let timer = null;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}

export class Sheet {
  /** `map` may arrive later; `placed(point, drawn)`, `found(candidates)` and `marked(at)` tell the screen what to draw. */
  constructor(root, draft, { placed, found, marked }) {
    Object.assign(this, { root, draft, placed, drawn: null });
    this.address = root.querySelector("#address");
    this.words = root.querySelector("#what");
    this.category = root.querySelector("#category");
    this.here = new Here(root);
    this.places = new Places(root, { pick: (one) => this.pickPlace(one), found, marked, isPlaced: () => this.point !== null });
    this.bindFields();
    this.bindCategories();
    this.restore();
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("change", (event) => this.change(event));
    root.addEventListener("keydown", (event) => this.key(event));
    draft.addEventListener("conflict", (event) => this.showClash(event.detail));
    if (this.words.value && !draft.value("category")) this.suggest();
  }

  bindFields() {
    const number = later(NUMBER_AFTER_MS, () => this.draft.release());
    for (const field of this.root.querySelectorAll("[data-field]")) {
      field.addEventListener("input", () => {
        if (field.dataset.field === "number") {
          this.draft.hold("number", field.value);
          if (field.value.replace(/\D/g, "").length >= DIGITS_ENOUGH) number();
        } else {
          this.draft.set({ [field.dataset.field]: field.value });
        }
      });
      if (field.dataset.field === "number") field.addEventListener("change", () => this.draft.release());
    }
    const suggest = later(SUGGEST_AFTER_MS, () => this.suggest());
    this.words.addEventListener("input", suggest);
  }

  /** What was typed here and never reached the server stands in the fields again. */
  restore() {
    const typed = { ...this.draft.sent?.fields, ...this.draft.changed };
    for (const [name, value] of Object.entries(typed)) {
      const field = this.root.querySelector(`[data-field="${name}"]`);
      if (field) field.value = value ?? "";
    }
    if ("lat" in typed) this.showPoint();
  }

  // ── where ──

  pickPlace(one) {
    if (!one) return;
    this.drawn = one.drawn;
    const { lat, lon, uncertainty_m, name: place_label } = one;
    this.place({ lat, lon, uncertainty_m, location_source: "words", place_label });
  }

  /** The server calls a point set by hand by what stands nearest. */
  placeByHand(lat, lon, zoom) {
    this.drawn = null;
    this.place({ lat, lon, uncertainty_m: uncertaintyAt(zoom), location_source: "map", place_label: "" });
  }

  /** The point is set beside the words; the words stay as they were said. */
  place({ lat, lon, uncertainty_m, location_source, place_label }) {
    this.draft.set({ lat, lon, uncertainty_m, location_source, place_label }, { now: true });
    this.places.settle();
    this.showPoint();
  }

  clearPoint() {
    this.drawn = null;
    this.draft.set({ lat: null, lon: null, uncertainty_m: null, location_source: null, place_label: "" }, { now: true });
    this.showPoint();
    this.address.focus();
  }

  get point() {
    const [lat, lon] = [this.draft.value("lat"), this.draft.value("lon")];
    return typeof lat === "number" && typeof lon === "number" ? { lat, lon, uncertainty_m: this.draft.value("uncertainty_m") } : null;
  }

  showPoint() {
    const { point } = this;
    const line = this.root.querySelector("#point");
    line.hidden = !point;
    if (point) {
      const source = this.draft.value("location_source");
      const say = { words: word("from_words"), map: word("from_map"), device: word("from_device"), area: word("from_area") }[source] ?? "";
      line.querySelector("[data-point=label]").textContent = this.draft.value("place_label") || "";
      line.querySelector("[data-point=uncertainty]").textContent = `±${Math.round(point.uncertainty_m ?? 0)} m`;
      line.querySelector("[data-point=source]").textContent = say;
    }
    this.placed(point, this.drawn);
    this.here.show(point);
  }

  // ── what ──

  async suggest() {
    const said = this.words.value.trim();
    this.suggesting?.abort();
    this.suggesting = new AbortController();
    const nothing = { categories: [], danger: null };
    const answer = said.length < 3 ? nothing : await json(`/konsol/kategori?q=${encodeURIComponent(said)}`, this.suggesting.signal);
    if (answer === null) return;
    const found = answer.categories;
    this.suggested = found;
    const buttons = found.map((one, at) =>
      make(
        "button",
        { type: "button", class: "button button-small suggestion", "data-suggest": one.code, title: one.because.join(", "),
          "aria-pressed": String(one.code === this.draft.value("category")) },
        mark(one.priority, one.word),
        make("span", {}, one.name),
        make("span", { class: "suggestion-why" }, one.because.slice(0, 2).join(", ")),
        make("kbd", { class: "key", "aria-hidden": "true" }, `Ctrl ${at + 1}`),
      ),
    );
    this.root.querySelector("#suggestions").replaceChildren(...buttons);
    const danger = this.root.querySelector("#danger");
    if (danger) {
      danger.hidden = answer.danger === null;
      danger.querySelector("[data-danger]").textContent = (answer.danger ?? []).join(", ");
    }
  }

  bindCategories() {
    const list = this.root.querySelector("#categories");
    const options = document.getElementById("category-options");
    this.kinds = new Options(this.category, list, (option) => this.pickCategory(option.dataset.code));
    const fill = () => {
      if (!list.childElementCount) list.append(options.content.cloneNode(true));
    };
    const filter = () => {
      fill();
      const asked = this.category.value.trim().toLowerCase();
      const all = asked === "" || this.category.dataset.code;
      for (const option of list.querySelectorAll("[role=option]")) option.hidden = !all && !option.dataset.find.includes(asked);
      for (const group of list.querySelectorAll(".group")) group.hidden = !all;
      this.kinds.open(all ? -1 : 0);
    };
    this.category.addEventListener("focus", () => {
      fill();
      this.category.select();
    });
    this.category.addEventListener("input", () => {
      this.category.dataset.code = "";
      filter();
    });
    this.category.addEventListener("click", filter);
    this.category.addEventListener("blur", () => setTimeout(() => this.showCategory(), 200));
  }

  pickCategory(code) {
    this.draft.set({ category: code }, { now: true });
    this.showCategory();
    for (const button of this.root.querySelectorAll("[data-suggest]")) {
      button.setAttribute("aria-pressed", String(button.dataset.suggest === code));
    }
    this.note("");
  }

  showCategory() {
    const code = this.draft.value("category");
    const option = document.getElementById("category-options").content.querySelector(`[data-code="${CSS.escape(code ?? "")}"]`);
    this.category.dataset.code = code ?? "";
    this.category.value = option?.lastElementChild.textContent ?? "";
  }

  answer(question, value) {
    const answers = { ...this.draft.value("answers") };
    if (answers[question] === value || value === "") delete answers[question];
    else answers[question] = value;
    this.draft.set({ answers }, { now: true });
    const group = this.root.querySelector(`[data-question="${CSS.escape(question)}"]`);
    for (const button of group.querySelectorAll("[data-answer]")) {
      button.setAttribute("aria-pressed", String(button.dataset.answer === answers[question]));
    }
  }

  // ── hands ──

  click(event) {
    const { target } = event;
    const suggestion = target.closest("[data-suggest]");
    const answer = target.closest("[data-answer]");
    const raise = target.closest("[data-raise]");
    const does = target.closest("[data-does]")?.dataset.does;
    if (suggestion) this.pickCategory(suggestion.dataset.suggest);
    else if (answer) this.answer(answer.closest("[data-question]").dataset.question, answer.dataset.answer);
    else if (raise) this.draft.set({ priority: raise.dataset.raise }, { now: true });
    else if (does === "clear-point") this.clearPoint();
    else if (does === "auto-priority") this.draft.set({ priority: null }, { now: true });
    else if (does === "show-number") this.showNumber();
  }

  change(event) {
    const { target } = event;
    if (target.name === "priority") this.draft.set({ priority: target.value }, { now: true });
    if (target.matches("[data-answer-input]")) this.answer(target.closest("[data-question]").dataset.question, target.value.trim());
  }

  key(event) {
    if (event.altKey || event.isComposing) return;
    const byNumber = event.ctrlKey && /^Digit[1-3]$/.test(event.code);
    if (byNumber && event.target !== this.address && this.suggested?.length) {
      const chosen = this.suggested[Number(event.code.slice(5)) - 1];
      if (!chosen) return;
      event.preventDefault();
      this.pickCategory(chosen.code);
      return;
    }
    const group = event.target.matches("[data-answer]") && event.target.closest("[data-question]");
    const value = { y: "yes", t: "no", n: "no", "?": "unknown" }[event.key.toLowerCase()];
    if (!group || !value || event.ctrlKey || !group.querySelector(`[data-answer="${value}"]`)) return;
    event.preventDefault();
    this.answer(group.dataset.question, value);
    group.nextElementSibling?.querySelector("[data-answer], [data-answer-input]")?.focus();
  }

  async showNumber() {
    const answer = await send("POST", `/konsol/${this.draft.id}/nomor`, {});
    const shown = this.root.querySelector("#number-shown");
    if (shown) shown.textContent = answer.ok ? answer.body.number : answer.said;
  }

  // ── two hands on one field ──

  showClash({ name, mine, theirs, who }) {
    const box = this.root.querySelector(`#clash-${CSS.escape(name)}`);
    if (!box) {
      this.draft.settle(name, false);
      return;
    }
    const settle = (keepMine) => {
      box.hidden = true;
      box.replaceChildren();
      const field = this.root.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (field && !keepMine) field.value = theirs ?? "";
      this.draft.settle(name, keepMine);
      if (name === "category") this.showCategory();
      field?.focus();
    };
    const keep = make("button", { type: "button", class: "button button-small" }, word("keep_mine"));
    const take = make("button", { type: "button", class: "button button-small" }, word("take_theirs"));
    keep.addEventListener("click", () => settle(true));
    take.addEventListener("click", () => settle(false));
    const said = make("p", { role: "alert" }, word("wrote_meanwhile", { who: who ?? word("somebody") }), " ", make("q", {}, String(theirs ?? "")));
    box.replaceChildren(said, make("p", { class: "clash-acts" }, keep, take, make("span", { class: "muted" }, word("kept_as_note"))));
    box.hidden = false;
    return mine;
  }

  // ── sending ──

  /** What stands in the way of handing over, as a sentence; '' when nothing does. */
  missing() {
    const hasKind = Boolean(this.draft.value("category"));
    const hasPlace = this.point !== null || Boolean(this.draft.value("address_words")?.trim());
    if (!hasKind && !hasPlace) return word("missing_both");
    if (!hasKind) return word("missing_category");
    if (!hasPlace) return word("missing_place");
    return "";
  }

  note(sentence) {
    const line = this.root.querySelector("#missing");
    if (line) line.textContent = sentence;
  }
}
