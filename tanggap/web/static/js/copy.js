/** Buttons that copy a text (`data-copy="#id"` of a field), and say so for a moment. */

const SAID_MS = 2_000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return; // the text is marked: the person's own key copies it
  }
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = before), SAID_MS);
});

/** Everything is heard on the document. */
export function start() {}
