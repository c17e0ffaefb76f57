// The supervisor's pages: J and K walk the rows, a letter on a row's button presses it, a form that opens takes the focus, a click on the map fills in the point.

import { isTextField } from "./page.js";

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, here + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
  if (event.key === "j") walk(1);
  if (event.key === "k") walk(-1);
  if (event.repeat || event.shiftKey || event.key.length !== 1) return;
  const row = document.activeElement?.closest("[data-lying]");
  row?.querySelector(`[data-row-key="${CSS.escape(event.key.toUpperCase())}"]`)?.click();
});

// What is late by the clock alone brings no event: such a part is read anew by itself.
for (const part of document.querySelectorAll("[data-every-s]")) {
  setInterval(() => part.dispatchEvent(new CustomEvent("tanggap:refresh", { bubbles: true })), 1000 * Number(part.dataset.everyS));
}

for (const deed of document.querySelectorAll(".deed")) {
  deed.addEventListener("toggle", () => {
    if (deed.open) deed.querySelector(".deed-form :is(select, textarea, input:not([type=hidden]), button)")?.focus();
  });
}

// Two maps on one page need two names for those who do not see them.
const picking = document.querySelector("[data-pick-map] .map");
if (picking) {
  const label = picking.getAttribute("aria-label");
  new MutationObserver(() => {
    const canvas = picking.querySelector("canvas");
    if (canvas && canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
  }).observe(picking, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
}

document.querySelector("[data-pick-map]")?.addEventListener("tanggap:point", ({ detail }) => {
  for (const name of ["lat", "lon"]) document.getElementById(name).value = detail[name].toFixed(5);
});
