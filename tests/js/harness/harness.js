// Mounts what the address asks for and keeps what the tool says in window.harness.

const asked = new URLSearchParams(location.search);
const kind = asked.get("kind") ?? "bounding_box";
const many = Number(asked.get("boxes") ?? 0);
document.documentElement.dataset.theme = asked.get("theme") ?? "light";

const CELLS = {
  prompt: "Draw a box around every blood cell and every platelet.",
  classes: [
    { key: "rbc", name: "RBC", color: "#E69F00", hotkey: "1", description: "Red and round, paler in the middle.", example: null },
    { key: "wbc", name: "WBC", color: "#56B4E9", hotkey: "2", description: "Large, with a violet nucleus.", example: null },
    { key: "platelet", name: "Platelet", color: "#009E73", hotkey: "p", description: "", example: null },
  ],
  min_size: 4,
  flags: asked.has("flags"),
  attributes: asked.get("attributes") ?? "",
};
const PANEL = {
  prompt: "Does this solar cell have a defect?",
  classes: [
    { key: "defect", name: "Defect", color: "#D55E00", hotkey: "1", description: "A crack, a dark area or a broken finger.", example: null },
    { key: "fine", name: "No defect", color: "#009E73", hotkey: "2", description: "Even all over.", example: null },
    { key: "unsure", name: "Cannot tell", color: "#BBBBBB", hotkey: "3", description: "", example: null },
  ],
};
const TEXT = "The parcel came two days late and the box was dented, but the lamp inside was perfect.\n\nThe driver carried it up four floors without being asked.";

const image = asked.get("image") ?? (kind === "bounding_box" ? "/static/img/demo/cells.svg" : "/static/img/demo/panel.svg");
const size = { width: Number(asked.get("width") ?? 960), height: Number(asked.get("height") ?? 640) };
const item = kind === "text_classification" ? { text: asked.get("text") ?? TEXT } : { image: "x", ...size, name: "x" };

function grid(count) {
  const across = Math.ceil(Math.sqrt(count * 1.5));
  const side = Math.min(size.width / across, size.height / Math.ceil(count / across));
  return Array.from({ length: count }, (_, n) => {
    const [x, y] = [(n % across) * side, Math.floor(n / across) * side];
    const key = CELLS.classes[n % 3].key;
    return { class: key, x1: x + 2, y1: y + 2, x2: x + side - 2, y2: y + side - 2 };
  });
}

// The three plainest kinds have content of their own above; the others show their demo.
const demo = asked.has("demo") ? await (await fetch(`/demos/${kind}.json`)).json() : null;
if (asked.has("prediction")) item.prediction = { boxes: grid(Number(asked.get("prediction"))) };

const options = {
  question: kind === "bounding_box" ? CELLS : PANEL,
  item,
  mediaUrl: kind === "text_classification" ? null : image,
  draft: many ? { boxes: grid(many) } : null,
  readonly: asked.has("readonly"),
  onChange: (value) => window.harness.changes.push(value),
  onSubmit: (value) => window.harness.submits.push(value),
};
if (demo) Object.assign(options, demo);
if (asked.has("layers")) {
  options.readonly = true;
  options.layers = ["Worker A", "Worker B", "Worker C"].map((label, n) => ({
    label,
    color: null,
    answer: { boxes: grid(12).map((box) => ({ ...box, x1: box.x1 + n * 9, y1: box.y1 + n * 6 })) },
  }));
}

window.harness = { changes: [], submits: [], options };
const { mount } = await import(`/static/js/tools/${kind}.js`);
window.harness.mount = mount;
window.harness.tool = mount(document.getElementById("root"), options);
if (!asked.has("unfocused")) window.harness.tool.focus();
document.documentElement.dataset.ready = "";
