/**
 * Forms with `data-outbox` survive a server that is away: sent at once when it is there, else kept in this browser and sent by
 * itself later. Without this script they are plain forms. A `<progress>` in the form shows how much of an upload is through.
 */

import { isTextField, word } from "./page.js";
import { deliver, flush, forget, isForLater, keep, newKey, sentenceOf } from "./outbox.js";
import { toast } from "./notices.js";

function say(form, text) {
  let place = form.querySelector("[data-outbox-said]");
  if (!place) {
    place = document.createElement("p");
    place.className = "banner banner-warn";
    place.dataset.outboxSaid = "";
    place.setAttribute("role", "status");
    form.append(place);
  }
  place.textContent = text;
  place.hidden = !text;
}

function progressOf(form) {
  const bar = form.querySelector("progress");
  const hasFile = [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length);
  if (!bar || !hasFile) return () => {};
  bar.hidden = false;
  return (share) => {
    bar.value = share;
    bar.hidden = share >= 1;
  };
}

/** Put the page that came back in place of this one: it says what was wrong and holds what was typed. */
function showPage(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const selector of ["#main", ".phone-act"]) {
    const [here, there] = [document.querySelector(selector), page.querySelector(selector)];
    if (here && there) here.replaceWith(document.adoptNode(there));
  }
  const main = document.getElementById("main");
  main.dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
  const alert = main.querySelector('[role="alert"]');
  (alert ?? main).setAttribute("tabindex", "-1");
  (alert ?? main).focus();
}

function settle(form, answer) {
  if (answer.status < 400 && answer.isRedirected) return location.assign(answer.url);
  if (answer.text.trimStart().startsWith("<")) return showPage(answer.text);
  return say(form, answer.status < 400 ? word("sent") : `${word("refused")} ${sentenceOf(answer)}`);
}

async function submit(form, submitter) {
  const entries = [...new FormData(form, submitter)];
  const item = { key: (form.dataset.outboxKey ||= newKey()), url: submitter?.hasAttribute("formaction") ? submitter.formAction : form.action, entries };
  form.setAttribute("aria-busy", "true");
  say(form, "");
  const answer = await deliver(item, progressOf(form));
  if (isForLater(answer)) {
    await keep(item);
    say(form, word("queued"));
    form.dataset.outboxWaits = item.key;
  } else {
    delete form.dataset.outboxKey;
    form.removeAttribute("aria-busy");
    settle(form, answer);
  }
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-outbox]") || event.defaultPrevented) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") submit(form, event.submitter);
}

/** An item of an earlier moment got its answer: go on if nobody is writing something else meanwhile. */
async function answered({ detail: { item, answer } }) {
  const form = document.querySelector(`form[data-outbox-waits="${CSS.escape(item.key)}"]`);
  await forget(item.key);
  if (form) {
    form.removeAttribute("aria-busy");
    delete form.dataset.outboxKey;
    delete form.dataset.outboxWaits;
    say(form, "");
    if (!isTextField(document.activeElement) || form.contains(document.activeElement)) return settle(form, answer);
  }
  return toast(answer.status < 400 ? word("sent") : `${word("refused")} ${sentenceOf(answer)}`);
}

let isListening = false;

/** Watch the forms of the page, now and later. */
export function start() {
  if (isListening) return;
  isListening = true;
  document.addEventListener("submit", onSubmit);
  document.addEventListener("tanggap:sent", answered);
  document.addEventListener("tanggap:refused", answered);
  flush();
}
