/** A supervisor listens to a call: both voices come in, nothing goes out. One call at a time; a bar says so while it lasts. */

import { send } from "./console-server.js";
import { toast } from "./notices.js";
import { word } from "./page.js";

let now = null;
let isStarted = false;

export function start() {
  if (isStarted) return;
  isStarted = true;
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-listen]");
    if (button) listen(button.dataset.listen, button.dataset.who);
  });
  window.addEventListener("pagehide", stop);
}

async function listen(call, who) {
  stop();
  const path = `/pengawas/panggilan/${call}/dengar`;
  const offered = await send("POST", path);
  if (!offered.ok) return void toast(offered.said ?? word("lost"), 8);
  const { tag, sdp } = offered.body;
  const connection = new RTCPeerConnection({ iceServers: [] });
  const voices = [];
  connection.addEventListener("track", ({ track }) => {
    const voice = new Audio();
    voice.srcObject = new MediaStream([track]);
    voice.play().catch(() => {});
    voices.push(voice);
  });
  now = { path, tag, connection, voices, bar: bar(who) };
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState !== "failed" || now?.connection !== connection) return;
    toast(word("listening_lost"), 8);
    stop();
  });
  // Each voice still carries the names of the connection that it comes from; the browser gives them new ones.
  const own = sdp.split(/\r?\n/).filter((line) => !/^a=(mid|group|msid|ssrc|crypto)/.test(line)).join("\r\n");
  await connection.setRemoteDescription({ type: "offer", sdp: own });
  await connection.setLocalDescription(await connection.createAnswer());
  await gathered(connection);
  const answered = await send("POST", `${path}/jawab`, { tag, sdp: connection.localDescription.sdp });
  if (!answered.ok) {
    toast(answered.said ?? word("lost"), 8);
    stop();
  }
  return undefined;
}

function gathered(connection) {
  return new Promise((resolve) => {
    if (connection.iceGatheringState === "complete") return resolve();
    setTimeout(resolve, 1_000);
    return connection.addEventListener("icegatheringstatechange", () => connection.iceGatheringState === "complete" && resolve());
  });
}

function bar(who) {
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", "status");
  const end = document.createElement("button");
  end.type = "button";
  end.className = "button button-small";
  end.textContent = word("stop_listening");
  end.addEventListener("click", stop);
  box.append(word("listening", { who }), end);
  document.getElementById("toasts")?.append(box);
  return box;
}

function stop() {
  const { path, tag, connection, voices, bar: box } = now ?? {};
  now = null;
  if (!connection) return;
  connection.close();
  for (const voice of voices) voice.srcObject = null;
  box.remove();
  send("POST", `${path}/jawab`, { tag });
}
