/** Putting a fresh rendering in place of what is on the screen, part by part, without taking anything out of anybody's hands. */

const MASK = /(name="_csrf_token" value=")[^"]*|(data-since="[^"]*"[^>]*>.*?<time[^>]*>)[^<]*/g;
/** Two renderings differ by their one-time tokens and running clocks alone: nothing has happened. */
const plain = (element) => element.outerHTML.replace(MASK, "$1$2");
const rendered = new WeakMap();

/** Remember how a part came from the server; clocks and hands change it afterwards. */
export function remember(root) {
  for (const part of root.querySelectorAll("[data-part]")) rendered.set(part, plain(part));
}

/** Replace every part of the page that `html` has anew. Returns the parsed document. */
export function refreshParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    const text = plain(part);
    if (!old || rendered.get(old) === text) continue;
    swap(old, part);
    rendered.set(part, text);
  }
  return fresh;
}

function swap(old, part) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const kept = { id: focused?.id, value: focused?.value, type: focused?.type, from: focused?.selectionStart, to: focused?.selectionEnd };
  const scrolled = old.scrollTop;
  keepChoices(old, part);
  old.replaceWith(part);
  part.scrollTop = scrolled;
  const again = kept.id && document.getElementById(kept.id);
  if (again) {
    if (kept.value !== undefined && /^(text|tel|search|textarea)$/.test(kept.type)) again.value = kept.value;
    again.focus({ preventScroll: true });
    if (kept.from !== null && kept.from !== undefined) again.setSelectionRange?.(kept.from, kept.to);
  }
  part.dispatchEvent(new CustomEvent("tanggap:refreshed", { bubbles: true }));
}

/** Ticks of agencies belong to the hand while the category stays; what was opened stays open. */
function keepChoices(old, part) {
  for (const details of old.querySelectorAll("details[open][id]")) {
    const again = part.querySelector(`#${CSS.escape(details.id)}`);
    if (again) again.open = true;
  }
  const before = old.querySelector("[data-kind]");
  const after = part.querySelector("[data-kind]");
  if (!before || before.dataset.kind !== after?.dataset.kind) return;
  for (const box of before.querySelectorAll("input[type=checkbox]")) {
    const again = after.querySelector(`#${CSS.escape(box.id)}`);
    if (again) again.checked = box.checked;
  }
}
