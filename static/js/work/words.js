// What the work page says, and what it does next, when there is no page of tasks or something was not taken. Pure.

import { verdict } from "./api.js";

const OVER = new Set(["assignment_over", "not_found"]);
const TITLES = { no_tasks: "No tasks for you just now", paused: "Paused", restricted: "Your account takes no new work" };

const several = (count) => (count === 1 ? "An answer is" : `${count} answers are`);

// Why no page came → {title, text, then}. `then`: "poll" (ask again gently), "retry" (the network), "flush" (hand in
// first, then ask), "sign-in", "reload" (pages are held elsewhere: go on with
// them, or wait until they are handed in or over), "stop".
export function noPage({ status, data, error }, unsent = 0) {
  const kind = verdict({ status, error });
  if (kind === "done") {
    const then = data.reason === "no_tasks" || data.reason === "paused" ? "poll" : "stop";
    const more = then === "poll" ? " This page looks again by itself." : "";
    return { title: TITLES[data.reason] ?? "This work is finished", text: data.message + more, then };
  }
  if (kind === "retry") return { title: "No connection", text: "Nothing is lost: your answers are kept in this browser. Trying again by itself.", then: "retry" };
  if (kind === "blocked") return { title: "You are signed out", text: "Your answers are kept in this browser and handed in when you are back.", then: "sign-in" };
  if (error.code !== "too_many_active") return { title: "This does not go on", text: error.message, then: "stop" };
  if (unsent) return { title: "Handing in your answers", text: "The next task comes when they have arrived.", then: "flush" };
  return { title: "You have unfinished pages here", text: `${error.message} They may be open in another window. This page looks again by itself.`, then: "reload" };
}

// A submission the server did not take → {text, final}: whether it can be opened again.
export function refusal({ code, message }) {
  if (OVER.has(code)) return { text: "An answer came too late: the time for its page had run out. It could not be handed in.", final: true };
  return { text: `An answer was not taken: ${message} It is kept here.`, final: false };
}

// The line above the tool while answers cannot be sent → {tone, text} or null.
export function trouble(kind, count) {
  if (!kind || !count) return null;
  if (kind === "blocked") return { tone: "danger", text: `You are signed out. ${several(count)} kept in this browser and handed in when you are back.` };
  return { tone: "warning", text: `No connection. ${several(count)} kept in this browser and sent by ${count === 1 ? "itself" : "themselves"} when it is back. You can go on.` };
}
