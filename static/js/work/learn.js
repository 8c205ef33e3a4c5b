// Training and exams: one question after the other in the kind's own tool; each answer goes to the server, which alone
// knows what is right. In training it says so at once.

import { csrfToken } from "./api.js";
import { answerOf, mountEach, mountTask, readJson } from "../tools/page.js";

export function verdict(told) {
  if (told.right === null) return "Right.";
  return told.score > 0 ? `Partly right: ${Math.round(told.score * 100)} %.` : "Not right. This is the answer:";
}

async function send(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
    const told = await response.json();
    return response.ok ? told : { error: told.error ?? "That did not work." };
  } catch {
    return { error: "The server cannot be reached. Try again." };
  }
}

function run(root, module) {
  const work = readJson(root.dataset.work);
  const part = (name) => document.querySelector(`[data-learn-${name}]`);
  const button = part("next");
  const done = work.of - work.tasks.length;
  let at = 0;
  let tool = null;
  let onward = null; // what the button does after an answer was told

  function show() {
    tool?.destroy();
    onward = null;
    part("feedback").hidden = true;
    button.textContent = "Answer";
    part("count").textContent = `Question ${done + at + 1} of ${work.of}`;
    tool = mountTask(part("tool"), module, work.question, work.tasks[at], {
      onChange: () => (part("note").textContent = ""),
      // In a step of its own: the tool is still in its event.
      onSubmit: (value) => setTimeout(() => give(value)),
    });
  }

  function explain(told) {
    part("verdict").textContent = verdict(told);
    part("why").textContent = told.explanation;
    part("feedback").hidden = false;
    if (told.right !== null) {
      tool.destroy();
      tool = mountTask(part("tool"), module, work.question, work.tasks[at], { draft: told.right, readonly: true });
    }
    part("feedback").focus();
  }

  async function give(value) {
    if (button.disabled || onward) return;
    button.disabled = true;
    part("note").textContent = "";
    const told = await send(work.url, { attempt: work.attempt, task: work.tasks[at].task, answer: value });
    button.disabled = false;
    if (told.error) {
      part("note").textContent = told.error;
      return;
    }
    at += 1;
    const next = told.finished || at >= work.tasks.length ? () => location.assign(told.next || location.href) : show;
    if (!work.feedback) {
      next();
      return;
    }
    at -= 1;
    explain(told);
    at += 1;
    onward = next;
    button.textContent = told.finished ? "See the score" : "Next";
  }

  button.addEventListener("click", () => {
    if (onward) {
      onward();
      return;
    }
    const { value, refused } = answerOf(tool);
    if (refused) part("note").textContent = refused;
    else give(value);
  });
  show();
}

mountEach("[data-learn]", run);
