/** A list under a field: arrows walk, Enter takes, Escape closes the list and nothing else; Ctrl+1…9 take by number. */

export class Options {
  /** `pick(option)` is called with the chosen element, each a [role=option]; `marked(at)` with the one that is marked, or −1. */
  constructor(input, list, pick, marked = () => {}) {
    Object.assign(this, { input, list, pick, marked, at: -1 });
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  get shown() {
    return [...this.list.querySelectorAll("[role=option]:not([hidden])")];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open(at = -1) {
    const isEmpty = this.shown.length === 0;
    this.list.hidden = isEmpty;
    this.input.setAttribute("aria-expanded", String(!isEmpty));
    this.mark(isEmpty ? -1 : at);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  mark(at) {
    const { shown } = this;
    this.at = Math.max(-1, Math.min(at, shown.length - 1));
    for (const [number, option] of shown.entries()) option.setAttribute("aria-selected", String(number === this.at));
    const chosen = shown[this.at];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
    this.marked(this.at);
  }

  take(option) {
    this.pick(option);
    this.close();
  }

  key(event) {
    if (event.altKey || event.isComposing) return;
    const byNumber = event.ctrlKey && /^Digit[1-9]$/.test(event.code);
    if (byNumber) {
      const option = this.shown[Number(event.code.slice(5)) - 1];
      if (!option) return;
      event.preventDefault();
      this.take(option);
    } else if (event.ctrlKey || event.metaKey) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.open();
      this.mark(event.key === "ArrowDown" ? this.at + 1 : this.at - 1);
    } else if (event.key === "Enter" && this.isOpen && this.at >= 0) {
      event.preventDefault();
      this.take(this.shown[this.at]);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}
