// Our side of the bridge, inside the sandbox. A requester's page may use it, or forms alone, or the crowd elements.
//
// quorate.item: the item; quorate.value: the answer so far, {name: value}; quorate.change(values) tells an answer in the
// making, quorate.submit(values) hands it in. What the answer may hold, the server decides by the question's fields.
(() => {
  "use strict";
  // No policy speaks of these, and they reach the network past all of them.
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];
  const tell = (type, more = {}) => parent.postMessage({ quorate: type, ...more }, "*");
  const plain = (values) => JSON.parse(JSON.stringify(values ?? {}));
  const quorate = {
    item: {},
    value: {},
    readonly: false,
    change(values) {
      Object.assign(quorate.value, plain(values));
      tell("change", { values: plain(quorate.value) });
    },
    submit(values) {
      quorate.change(values);
      tell("submit", { values: plain(quorate.value) });
    },
  };
  Object.defineProperty(window, "quorate", { value: quorate });

  // ---- Elements ----------------------------------------------------------------------------------------------------
  const make = (tag, attributes = {}, text = "") => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  };
  const label = (host) => make("span", { class: "crowd-label" }, host.getAttribute("label") ?? "");
  const named = (host) => host.getAttribute("label") || host.getAttribute("name") || "";

  // <crowd-item field="text">: what the item says, as text.
  customElements.define("crowd-item", class extends HTMLElement {
    connectedCallback() {
      const said = quorate.item[this.getAttribute("field") ?? "text"] ?? "";
      this.textContent = typeof said === "string" ? said : JSON.stringify(said);
      this.dir = "auto";
    }
  });

  // <crowd-choice name="good" label="Is it good?" options="Yes, No">: one click is the answer to this field.
  customElements.define("crowd-choice", class extends HTMLElement {
    connectedCallback() {
      const name = this.getAttribute("name");
      this.setAttribute("role", "group");
      this.setAttribute("aria-label", named(this));
      const options = (this.getAttribute("options") ?? "").split(",").map((one) => one.trim()).filter(Boolean);
      const buttons = options.map((option) => make("button", { type: "button" }, option));
      const show = () => buttons.forEach((one) => one.setAttribute("aria-pressed", String(quorate.value[name] === one.textContent)));
      for (const one of buttons) {
        one.disabled = quorate.readonly;
        one.addEventListener("click", () => {
          quorate.change({ [name]: one.textContent });
          show();
        });
      }
      this.replaceChildren(label(this), ...buttons);
      show();
    }
  });

  const field = (tag, attributes, read) => class extends HTMLElement {
    connectedCallback() {
      const name = this.getAttribute("name");
      const input = make(tag, { ...attributes, "aria-label": named(this) });
      input.value = quorate.value[name] ?? "";
      input.readOnly = quorate.readonly;
      input.addEventListener("input", () => quorate.change({ [name]: read(input.value) }));
      this.replaceChildren(label(this), input);
    }
  };
  // <crowd-text name="why" label="Why?"> and <crowd-number name="count" label="How many?">
  customElements.define("crowd-text", field("textarea", { rows: "3" }, (text) => text));
  customElements.define("crowd-number", field("input", { type: "number", step: "any" }, (text) => (text === "" ? "" : Number(text))));

  // <crowd-submit>Done</crowd-submit>
  customElements.define("crowd-submit", class extends HTMLElement {
    connectedCallback() {
      const button = make("button", { type: "button" }, this.textContent.trim() || "Submit");
      button.disabled = quorate.readonly;
      button.addEventListener("click", () => quorate.submit());
      this.replaceChildren(button);
    }
  });

  // ---- Plain forms -------------------------------------------------------------------------------------------------
  // A name that is there more than once, and a checkbox with others of its name, is a list.
  const valuesOf = (form) => {
    const data = new FormData(form);
    const several = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"][type=checkbox]`).length > 1;
    const typed = (name, text) => (form.querySelector(`[name="${CSS.escape(name)}"][type=number]`) && text !== "" ? Number(text) : text);
    return Object.fromEntries([...new Set(data.keys())].map((name) => [name, several(name) ? data.getAll(name) : typed(name, data.get(name))]));
  };
  addEventListener("submit", (event) => {
    event.preventDefault();
    if (!quorate.readonly) quorate.submit(valuesOf(event.target));
  }, true);
  addEventListener("change", (event) => {
    if (event.target.form && !quorate.readonly) quorate.change(valuesOf(event.target.form));
  }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !quorate.readonly) quorate.submit();
  });

  // ---- Begin -------------------------------------------------------------------------------------------------------
  // The requester's page, its scripts in their order: those that come with markup parsed from text would not run.
  function build(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.head.append(...page.head.childNodes);
    document.body.replaceChildren(...page.body.childNodes);
    for (const old of document.querySelectorAll("head script:not(:first-of-type), body script")) {
      const script = document.createElement("script");
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      script.textContent = old.textContent;
      old.replaceWith(script);
    }
  }

  addEventListener("message", function begin(event) {
    if (event.source !== parent || event.data?.quorate !== "begin") return;
    removeEventListener("message", begin);
    const { html, item, values, readonly } = event.data;
    Object.assign(quorate, { item: plain(item), value: plain(values), readonly: Boolean(readonly) });
    build(String(html));
    dispatchEvent(new Event("quorate-ready"));
  });
  // Not before this page is all there: a page asked to begin while its body is still on the way would have none to fill.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => tell("ready"), { once: true });
  else tell("ready");
})();
