/** Small manners of the page: toasts go after their time, menus close when one looks elsewhere. */

import { word } from "./page.js";

function countDown(toast) {
  let left = Number(toast.dataset.toastS) || 0;
  if (!left) return;
  const said = toast.querySelector(".toast-left");
  const step = () => {
    if (!toast.isConnected) return;
    if (left <= 0) return toast.remove();
    if (said) said.textContent = word("seconds_left", { n: left });
    left -= 1;
    setTimeout(step, 1000);
  };
  step();
}

/** Show a sentence at the edge of the screen for a while. */
export function toast(text, seconds = 6) {
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", "status");
  box.textContent = text;
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), seconds * 1000);
  return box;
}

function findToasts(root) {
  for (const one of root.querySelectorAll?.("[data-toast-s]:not([data-counting])") ?? []) {
    one.dataset.counting = "";
    countDown(one);
  }
}

/** Look after toasts and menus. */
export function startNotices() {
  findToasts(document);
  document.addEventListener("tanggap:refreshed", () => findToasts(document));
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
