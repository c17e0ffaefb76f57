/** To whom a call can go, and the line that finds somebody who speaks the caller's language: this telephone hangs up once it was taken. */

import { json, send } from "./console-server.js";
import { make, word } from "./console-words.js";

/** What is dialled to give a call back to whoever is free first; with a need behind it: to whoever has it. */
export const QUEUE = "antrean";
const LOOK_MS = 300;
const PATIENCE_MS = 8_000;

const address = (call, what) => `/konsol/telepon/panggilan/${call}/${what}`;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The language or skill in a destination that is the line with a need; "" in every other. */
export const needIn = (destination) => (destination.startsWith(`${QUEUE}:`) ? destination.slice(QUEUE.length + 1) : "");

/**
 * The line, the colleagues, the agencies. `mayNeed` resolves to whether the line may be asked for somebody who has a language or
 * a skill; the rest waits for nothing, since what is known of a call may come a little later.
 */
export async function fillDestinations(select, mayNeed) {
  const known = (await json("/konsol/telepon/tujuan")) ?? { colleagues: [], agencies: [] };
  const group = (name, options) => (options.length ? [make("optgroup", { label: word(name) }, ...options)] : []);
  const queue = make("optgroup", { label: word("phone_queue") }, make("option", { value: QUEUE }, word("phone_queue_anybody")));
  const colleagues = known.colleagues.map((one) => make("option", { value: one.user }, [one.name, one.state, one.can].filter(Boolean).join(" · ")));
  const agencies = known.agencies.flatMap((one) => one.phones.map((phone) => make("option", { value: phone.dial }, `${one.name} · ${phone.said}`)));
  select.replaceChildren(
    make("option", { value: "" }, word("phone_choose")),
    queue,
    ...group("phone_colleagues", colleagues),
    ...group("phone_agencies", agencies),
  );
  addNeeds(queue, mayNeed);
}

async function addNeeds(queue, mayNeed) {
  if (!(await mayNeed())) return;
  const known = (await json("/konsol/telepon/kemampuan")) ?? [];
  const said = (one) => `${word("phone_queue_able", { need: one.name })} · ${word("phone_at_work", { n: one.here })}`;
  queue.append(...known.map((one) => make("option", { value: `${QUEUE}:${one.code}` }, said(one))));
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
