// A real task shown on the preview page, to look at only.

import { mountTask } from "../tools/page.js";

const data = document.getElementById("example-data");
const root = document.getElementById("example");

async function show() {
  const { script, question, ...task } = JSON.parse(data.textContent);
  mountTask(root, await import(script), question, task, { readonly: true, layers: [] });
}

if (data && root) show();
