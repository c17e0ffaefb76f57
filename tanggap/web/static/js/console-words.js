/** What the console says, in the reader's language: from the page's templates, never from a script. */

const said = new Map();
for (const id of ["words", "console-words", "phone-words"]) {
  for (const one of document.getElementById(id)?.content.querySelectorAll("[data-word]") ?? []) said.set(one.dataset.word, one.textContent);
}

export function word(name, values = {}) {
  return (said.get(name) ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** A small element: `make("span", {class: "muted"}, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const drawings = document.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "";
const SVG = "http://www.w3.org/2000/svg";

/** The shape and colour of a priority, with its word for ears. */
export function mark(priority, said) {
  const code = priority.toLowerCase();
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "priority-shape");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${drawings}#${code}`);
  svg.append(use);
  return make("span", { class: `priority priority-${code}` }, svg, make("span", { class: "visually-hidden" }, said));
}
