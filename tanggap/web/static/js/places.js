/** The list of proposed names: J and K walk the rows, one letter decides, the map shows all and lets the row in hand stand out. */

import { isTextField } from "./page.js";

const rows = [...document.querySelectorAll(".places-list [data-row]")];
let city = null;

const at = () => rows.findIndex((row) => row.contains(document.activeElement));

function walk(step) {
  rows[Math.max(0, Math.min(rows.length - 1, at() + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTextField(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "j" || (event.key === "ArrowDown" && event.target.matches("[data-row]"))) walk(1);
  else if (key === "k" || (event.key === "ArrowUp" && event.target.matches("[data-row]"))) walk(-1);
  else if (!event.target.matches("select") && rows[at()]?.querySelector(`[data-press="${CSS.escape(key)}"]:not(:disabled)`)) press(rows[at()], key);
  else return;
  event.preventDefault();
});

function press(row, key) {
  row.querySelector(`[data-press="${CSS.escape(key)}"]`).click();
}

for (const edit of document.querySelectorAll(".proposal-edit")) {
  edit.addEventListener("toggle", () => edit.open && edit.querySelector("[name=nama]").focus());
}

document.addEventListener("focusin", () => city?.emphasise(at() >= 0 ? at() : null));

const element = document.getElementById("places-map");
if (element) {
  const points = rows.map(({ dataset }) => ({
    lat: Number(dataset.lat), lon: Number(dataset.lon), uncertainty_m: Number(dataset.uncertaintyM),
    label: document.getElementById(`said-${dataset.row}`).textContent,
  }));
  element.addEventListener("tanggap:candidate", ({ detail }) => rows[detail.n - 1]?.focus());
  const { lat, lon, zoom } = element.dataset;
  import("./map.js")
    .then(({ openMap }) => openMap(element, { lat: Number(lat), lon: Number(lon), zoom: Number(zoom) }))
    .then((opened) => {
      city = opened;
      city.showCandidates(points);
      city.emphasise(at() >= 0 ? at() : null);
    })
    .catch(() => {}); // the map says so itself, where it would stand
}
rows[0]?.focus({ preventScroll: true });
