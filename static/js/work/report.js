// Telling the requester what is wrong with a task: loaded when somebody asks for it.

const CHOICES = [
  ["instructions", "The instructions are wrong or unclear"],
  ["item", "The item is broken or does not belong here"],
  ["other", "Something else"],
];

function make(tag, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

function choice([value, text], place) {
  const input = make("input", { type: "radio", name: "about", value, required: true, autofocus: place === 0 });
  return make("label", { className: "report-row" }, input, make("span", {}, text));
}

function build() {
  const heading = make("h2", { id: "report-h" }, "What is wrong?");
  const text = make("textarea", { id: "report-text", className: "report-text", name: "text", rows: 3, maxLength: 500 });
  const skip = make("input", { type: "checkbox", name: "skip" });
  const form = make(
    "form",
    { method: "dialog" },
    make(
      "div",
      { className: "dialog-body" },
      heading,
      make("div", { role: "radiogroup" }, ...CHOICES.map(choice)),
      make("div", { className: "report-field" }, make("label", { htmlFor: "report-text" }, "In your words"), text),
      make("label", { className: "report-row" }, skip, make("span", {}, "Skip this task: it does not pay, and nothing is held against you")),
    ),
    make(
      "div",
      { className: "dialog-foot" },
      make("button", { type: "button", className: "btn", value: "cancel" }, "Cancel"),
      make("button", { className: "btn btn-primary", value: "send" }, "Tell the requester"),
    ),
  );
  const dialog = make("dialog", { className: "dialog" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  form.querySelector("[role=radiogroup]").setAttribute("aria-labelledby", heading.id);
  form.querySelector("[value=cancel]").addEventListener("click", () => dialog.close("cancel"));
  // "Something else" has to be said; an item that is broken is skipped unless the person wants to answer all the same.
  form.addEventListener("change", (event) => {
    text.required = form.elements.about.value === "other";
    if (event.target.name === "about") skip.checked = event.target.value === "item";
  });
  return { dialog, form };
}

// {about, text, skip}, or null where the person thought better of it.
export function askWhatIsWrong() {
  const { dialog, form } = build();
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const { about, text, skip } = form.elements;
      dialog.remove();
      resolve(dialog.returnValue === "send" ? { about: about.value, text: text.value.trim(), skip: skip.checked } : null);
    });
    dialog.showModal();
  });
}
