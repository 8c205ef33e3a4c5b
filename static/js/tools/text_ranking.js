// Texts put in order: pressed or clicked one after the other, the best first; pressed again they are taken out.

import { el } from "../annotate/dom.js";
import { withClaim } from "./claim.js";
import { createFrame, freshId, isClosed } from "./frame.js";

const OPTIONS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

export function mount(root, options) {
  const { item, draft, onChange } = options;
  const closed = isClosed(options);
  const id = freshId("prompt");
  const names = OPTIONS.filter((name) => name === "first" || item[name]);
  let order = closed ? [] : [...(draft?.order ?? [])];
  let given = draft?.order?.length === names.length;

  const status = el("p", { class: "tool-status", role: "status" });
  const places = new Map();
  const cards = new Map(
    names.map((name, place) => {
      const rank = el("span", { class: "rank-place", "aria-hidden": "true" });
      places.set(name, rank);
      return [
        name,
        el(
          "button",
          { type: "button", class: "rank-card", disabled: closed, "aria-keyshortcuts": String(place + 1), onclick: () => toggle(name) },
          rank,
          el("span", { class: "rank-text", dir: "auto" }, name === "first" ? item.text : item[name]),
          el("kbd", { class: "choice-key", "aria-hidden": "true" }, String(place + 1)),
        ),
      ];
    }),
  );
  const list = el("div", { class: "rank-list", role: "group", "aria-labelledby": id }, ...cards.values());
  const content = {
    media: "ranking",
    node: list,
    keys: [[["1", "…", String(names.length)], "Next best; again: take it out"], [["Delete"], "Begin anew"], [["Enter"], "Hand in"]],
    buttons: [],
    onCommand(command) {
      if (command.type !== "delete" || !order.length) return false;
      change([]);
      return true;
    },
    focus: () => cards.get(names[0]).focus({ preventScroll: true }),
    destroy: () => {},
  };
  const again = el("button", { type: "button", class: "tool-button is-text", disabled: closed, onclick: () => change([]) }, "Begin anew");
  const frame = createFrame(root, options, withClaim(content, "", item.context), {
    id,
    kind: "text_ranking",
    classes: ["tool-ranking"],
    node: el("div", { class: "rank-side" }, status, again),
    keys: [],
    hotkeys: new Map(names.map((name, place) => [String(place + 1), name])),
    onKey: (name) => toggle(name),
  });

  // The last one left has its place without being asked for.
  function toggle(name) {
    if (closed) return;
    const next = order.includes(name) ? order.filter((one) => one !== name) : [...order, name];
    const left = names.filter((one) => !next.includes(one));
    change(left.length === 1 && next.length > order.length ? [...next, ...left] : next);
  }

  function change(next) {
    order = next;
    given = order.length === names.length;
    show();
    onChange?.(given ? { order } : null);
  }

  function show() {
    const ranked = closed ? (draft?.order ?? []) : order;
    for (const [name, card] of cards) {
      const place = ranked.indexOf(name);
      card.setAttribute("aria-pressed", String(place >= 0));
      places.get(name).textContent = place >= 0 ? String(place + 1) : "";
      if (place >= 0) card.setAttribute("aria-description", `Place ${place + 1}`);
      else card.removeAttribute("aria-description");
    }
    status.textContent = given ? "All have a place." : `Which is ${ranked.length ? "the next best" : "the best"}? ${ranked.length} of ${names.length} placed.`;
  }
  show();

  return {
    value: () => (given ? { order: closed ? draft.order : order } : null),
    problems: () => (given ? [] : [{ code: "no_answer", message: "Give every text a place.", blocking: true }]),
    setValue(next) {
      order = [...(next?.order ?? [])];
      given = order.length === names.length;
      show();
    },
    letters: names.map((_, place) => String(place + 1)),
    focus: content.focus,
    destroy: frame.destroy,
  };
}
