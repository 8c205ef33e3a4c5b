// What is done while there is no page of tasks: what is said, what can be pressed, when it is asked again. Pure.

import { backoffMs } from "./outbox.js";
import { pollMs } from "./session.js";
import * as words from "./words.js";

export const LIST = { text: "Task list", href: "/work/" };
const FLUSH_MS = 1000;

// Why no page came, how many answers are unsent and how often it was asked → {title, text, then, busy, waitMs}.
// waitMs: milliseconds until it is asked again, null for never.
export function planWithout(answer, { unsent, round, random = Math.random() }) {
  const said = words.noPage(answer, unsent);
  const waits = {
    poll: () => pollMs(round, random),
    reload: () => pollMs(round, random),
    retry: () => Math.max(backoffMs(round + 1), answer.retryAfterMs),
    flush: () => FLUSH_MS,
  };
  return { ...said, busy: said.then === "flush", waitMs: waits[said.then]?.() ?? null };
}

// The buttons that go with a plan. act: {next(), reload(), signIn: an address}
export function actionsOf(then, act) {
  const actions = {
    retry: [{ text: "Try now", run: act.next, primary: true }],
    "sign-in": [{ text: "Sign in", href: act.signIn, primary: true }],
    reload: [{ text: "Go on with them", run: act.reload, primary: true }, LIST],
    flush: [],
  };
  return actions[then] ?? [{ ...LIST, primary: then === "stop" }];
}
