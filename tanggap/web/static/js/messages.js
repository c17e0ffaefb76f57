// The list of messages: J and K walk the rows, and a letter presses the button of the row that has the focus, or of the first one.

import { isTextField } from "./page.js";

const rows = () => [...document.querySelectorAll("#messages [data-row]")];

function walk(step) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  all[Math.max(0, Math.min(all.length - 1, here + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
  if (event.key === "j") return walk(1);
  if (event.key === "k") return walk(-1);
  const row = rows().find((one) => one.contains(document.activeElement)) ?? rows()[0];
  const button = row && /^[a-z]$/.test(event.key) && row.querySelector(`[data-press="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
