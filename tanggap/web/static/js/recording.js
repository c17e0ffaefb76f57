/** Plays recordings. Each play is told to the server first: its audit knows who listened before the first second is heard. */

import { send } from "./console-server.js";
import { toast } from "./notices.js";

let isListening = false;

export function start() {
  if (isListening) return;
  isListening = true;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-recording-does]");
    if (button) act(button, button.closest("[data-recording]"));
  });
}

async function act(button, item) {
  const does = button.dataset.recordingDoes;
  const path = `/rekaman/${item.dataset.recording}/${{ play: "putar", hold: "tahan", release: "lepas" }[does]}`;
  const fields = does === "hold" ? [["alasan", item.querySelector("input").value]] : [];
  button.disabled = true;
  const answer = await send("POST", path, fields, { isForm: true });
  button.disabled = false;
  if (!answer.ok) return void toast(answer.said ?? button.textContent, 8);
  if (does === "play") return void listen(button, answer.body.address);
  document.dispatchEvent(new CustomEvent("tanggap:missed")); // the page reads itself anew
  return undefined;
}

function listen(button, address) {
  const player = new Audio(address);
  player.controls = true;
  player.className = "recording-player";
  button.replaceWith(player);
  player.focus();
  player.play().catch(() => {}); // the browser may want a press of its own
}
