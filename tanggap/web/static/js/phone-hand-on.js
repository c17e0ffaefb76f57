/** Handing a call on: the line finds somebody who speaks the caller's language; this telephone hangs up once the call was taken. */

import { json, send } from "./console-server.js";
import { make, word } from "./console-words.js";

const LOOK_MS = 300;
const PATIENCE_MS = 8_000;

const address = (call, what) => `/konsol/telepon/panggilan/${call}/${what}`;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a call may need, and how many colleagues at work have it. Returns whether there is anything to choose. */
export async function fillNeeds(select) {
  const known = (await json("/konsol/telepon/kemampuan")) ?? [];
  const options = known.map((one) => make("option", { value: one.code }, `${one.name} · ${word("phone_at_work", { n: one.here })}`));
  select.replaceChildren(make("option", { value: "" }, word("phone_choose_need")), ...options);
  return known.length > 0;
}

/** Note what a caller needs, for their next call. Resolves to the sentence to show. */
export async function noteNeed(call, need) {
  const answer = await send("POST", address(call, "kebutuhan"), [["butuh", need]], { isForm: true });
  return answer.ok ? word("phone_need_noted") : (answer.said ?? word("phone_away"));
}

/** Ask for somebody who has it. Resolves to whether the call was taken from here, and the sentence to show. */
export async function handOn(call, need) {
  const asked = await send("POST", address(call, "serahkan"), [["butuh", need]], { isForm: true });
  if (!asked.ok) return { isTaken: false, said: asked.said ?? word("phone_away") };
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await wait(LOOK_MS)) {
    const far = await json(address(call, "serahkan"));
    if (far && (!far.is_mine || far.is_over)) return { isTaken: true, said: word("phone_handed_to_line") };
  }
  await send("POST", address(call, "serahkan"), [["batal", "1"]], { isForm: true });
  const far = await json(address(call, "serahkan"));
  if (far && !far.is_mine) return { isTaken: true, said: word("phone_handed_to_line") };
  return { isTaken: false, said: word("phone_not_taken") };
}
