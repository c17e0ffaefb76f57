/**
 * Light or night: whether night.css applies is the `media` of its link. Without a choice the console is dark from 18.00 to 06.00
 * in the city, and other pages follow the device. Choosing is at once; the server keeps the choice for the next page.
 */

import { csrfToken, meta, serverNow } from "./page.js";

const DUSK = 18;
const DAWN = 6;
const root = document.documentElement;

function hourInCity() {
  const options = { timeZone: meta("tanggap-zone") || undefined, hour: "numeric", hourCycle: "h23" };
  return Number(new Intl.DateTimeFormat("en", options).format(serverNow()));
}

function mediaFor(choice) {
  if (choice === "night") return "screen";
  if (choice === "light") return "not all";
  if (root.dataset.nightRule === "device") return "screen and (prefers-color-scheme: dark)";
  const hour = hourInCity();
  return hour >= DUSK || hour < DAWN ? "screen" : "not all";
}

function apply() {
  const link = document.getElementById("night");
  const media = mediaFor(root.dataset.theme);
  if (!link || link.media === media) return;
  link.media = media;
  document.dispatchEvent(new CustomEvent("tanggap:theme"));
}

function choose(form, button) {
  root.dataset.theme = button.value;
  for (const one of form.querySelectorAll("[name=tema]")) one.setAttribute("aria-pressed", String(one === button));
  apply();
  const body = new URLSearchParams({ tema: button.value, _csrf_token: csrfToken(), kembali: location.pathname });
  fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" }).catch(() => {});
}

/** Follow the hour and the device, and let the theme be chosen without leaving the page. */
export function startTheme() {
  apply();
  setInterval(apply, 60_000);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("tanggap:theme")));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    choose(event.target, event.submitter);
  });
}
