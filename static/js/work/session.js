// The state of a work session as plain data and the steps between states. No DOM, no network, no time.
//
// A session has one *page* in work (an assignment with its tasks and the answers so far), pages taken ahead, and the
// page handed in last, which can be taken back for a moment.

import { micro } from "./money.js";

// What a page is: the assignment as the API gives it, its open tasks in order, an answer per task, and the task in view.
export function openPage(assignment, deadline, drafts = new Map()) {
  const tasks = assignment.tasks.filter((task) => task.state === "open").sort((a, b) => a.position - b.position);
  const answers = new Map();
  for (const task of tasks) {
    const draft = drafts.get(task.id);
    if (draft) answers.set(task.id, { answer: draft.answer, seconds: draft.seconds ?? 0, signals: draft.signals ?? null, given: Boolean(draft.given) });
  }
  const page = { assignment, deadline, tasks, answers, at: 0 };
  page.at = firstOpen(page);
  return page;
}

// The first task without a finished answer; the last one where all are finished (a reload just before handing in).
export function firstOpen(page) {
  const place = page.tasks.findIndex((task) => !page.answers.get(task.id)?.given);
  return place < 0 ? Math.max(0, page.tasks.length - 1) : place;
}

// The letters and digits that a question's classes take from the page.
export const lettersOf = (question) => (question.classes ?? []).map((row) => row.hotkey).filter(Boolean);

export const taskInView = (page) => page.tasks[page.at] ?? null;
export const isComplete = (page) => page.tasks.length > 0 && page.tasks.every((task) => page.answers.get(task.id)?.given);

// Whether the task in view is the last one without a finished answer: finishing it completes the page.
export const lastOpen = (page) => page.tasks.every((task, place) => place === page.at || page.answers.get(task.id)?.given);

// Notes a finished answer to the task in view and moves on: to the next task without one, else it stays.
// `measured` is {seconds, signals}.
export function give(page, answer, measured) {
  const task = taskInView(page);
  page.answers.set(task.id, { answer, ...measured, given: true });
  const later = page.tasks.findIndex((other, place) => place > page.at && !page.answers.get(other.id)?.given);
  page.at = later >= 0 ? later : firstOpen(page);
  return isComplete(page);
}

// Back to the task before; false on the first.
export function goBack(page) {
  if (page.at === 0) return false;
  page.at -= 1;
  const task = taskInView(page);
  const earlier = page.answers.get(task.id);
  if (earlier) earlier.given = false; // it is being looked at again: finished only when given again
  return true;
}

// Takes the task in view out of the page. Afterwards it may be empty, or complete.
export function leaveOut(page) {
  const [task] = page.tasks.splice(page.at, 1);
  page.answers.delete(task.id);
  page.at = Math.min(firstOpen(page), Math.max(0, page.tasks.length - 1));
  return task;
}

export function submission(page) {
  const row = (task) => {
    const { answer, seconds, signals } = page.answers.get(task.id);
    return { task: task.id, answer, seconds, ...(signals && { signals }) };
  };
  return { answers: page.tasks.map(row) };
}

// An assignment's reward as of now: tasks that were left out are not paid.
export function rewardOf(page) {
  const all = BigInt(page.assignment.tasks.filter((task) => task.state === "open").length || 1);
  return (micro(page.assignment.reward) * BigInt(page.tasks.length)) / all;
}

// How many more pages may be taken ahead: two, or one where a page of several tasks leaves time enough to fetch the next.
// The server lets a worker hold `limit` unfinished ones in a pool; the one in work and those handed in but not yet
// confirmed are among them.
export function roomAhead({ limit, ahead, unconfirmed, working, tasks = 1 }) {
  const wanted = tasks > 2 ? 1 : 2;
  return Math.max(0, Math.min(wanted - ahead, limit - ahead - unconfirmed - (working ? 1 : 0)));
}

// Pages taken ahead wait on the clock as well: one with too little time left is not begun. But half of the time it came
// with is always enough, however short the requester has made it: otherwise no page would ever be begun.
export function worthBeginning(secondsLeft, secondsAtFirst, secondsPerTask, tasks) {
  const wanted = Math.max(10, 1.5 * (secondsPerTask || 4) * tasks);
  return secondsLeft > 0 && secondsLeft >= Math.min(wanted, secondsAtFirst / 2);
}

// "No tasks now" is asked again gently: every 5 s at first, in the end every 30 s, never in step with others.
export function pollMs(round, random = Math.random()) {
  return Math.round(Math.min(30_000, 5000 * 1.5 ** round) * (0.85 + 0.3 * random));
}
