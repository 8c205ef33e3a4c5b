// What the pages that show a tool share: JSON blocks written by Django's json_script, and the tool's module by address.

// The parsed <script type="application/json" id="…">, or null where there is none.
export function readJson(id) {
  const node = id ? document.getElementById(id) : null;
  return node ? JSON.parse(node.textContent) : null;
}

// The address comes from the template, because static files carry a hash in their names.
export const loadTool = (root) => import(root.dataset.module);

// A tool for one task {item, mediaUrl, mediaUrls}. `more`: what else mount takes, docs/tools.md says what.
export const mountTask = (root, { mount }, question, { item, mediaUrl = null, mediaUrls = {} }, more = {}) =>
  mount(root, { question, item, mediaUrl, mediaUrls, draft: null, readonly: false, onChange() {}, onSubmit() {}, ...more });

// What a tool holds when it is handed in: {value}, or {refused: why it cannot be}.
export function answerOf(tool) {
  const problem = tool.problems().find((one) => one.blocking);
  const value = tool.value();
  return problem || value === null ? { refused: problem?.message ?? "There is no answer yet." } : { value };
}

export function fail(root, error) {
  const note = document.createElement("p");
  note.className = "tool-failure";
  note.setAttribute("role", "alert");
  note.textContent = "This part of the page could not be loaded. Reload the page to try again.";
  root.replaceChildren(note);
  console.error(error);
}

// mountEach("[data-tool-demo]", mountOne): all roots on the page, each on its own: one that fails spoils no other.
export async function mountEach(selector, mountOne, load = loadTool) {
  await Promise.all(
    [...document.querySelectorAll(selector)].map(async (root) => {
      try {
        await mountOne(root, await load(root));
        root.dataset.ready = "";
      } catch (error) {
        fail(root, error);
      }
    }),
  );
}
