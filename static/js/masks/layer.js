// The painted cells over the picture: a canvas with a pixel a cell, laid over the picture by the same transform. Only the
// area that was touched is drawn again.

import { el } from "../annotate/dom.js";

const SHARP_FROM = 4;
// A class is told by its pattern as well as by its colour; a line of it is `line` of `period` cells, in lines that run across,
// down, both, or as a chequer.
const PATTERNS = [
  () => false,
  (x, y, period, line) => (x + y) % period < line,
  (x, y, period, line) => (x - y + period * 65536) % period < line,
  (x, y, period, line) => y % period < line,
  (x, y, period, line) => x % period < line && y % period < line,
];

const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

// `styles`: [{color, place}] of the values from 1 on. `light`: for several that lie on each other.
export function createLayer(parent, map, styles, { light = false } = {}) {
  const canvas = el("canvas", { class: "mask-canvas", "aria-hidden": "true", width: map.width, height: map.height });
  parent.append(canvas);
  const context = canvas.getContext("2d");
  const looks = [null, ...styles.map(({ color, place }) => ({ rgb: channels(color), pattern: PATTERNS[place % PATTERNS.length] }))];
  const alpha = light ? { soft: 60, strong: 90, edge: 235 } : { soft: 95, strong: 165, edge: 240 };
  const period = Math.max(6, Math.round(Math.max(map.width, map.height) / 90));
  const line = Math.max(2, Math.round(period / 3));

  function draw(area) {
    const { cells, height, width } = map;
    const [x1, y1] = [Math.max(area.x1 - 1, 0), Math.max(area.y1 - 1, 0)];
    const [x2, y2] = [Math.min(area.x2 + 1, width), Math.min(area.y2 + 1, height)];
    const image = context.createImageData(x2 - x1, y2 - y1);
    const { data } = image;
    for (let x = x1; x < x2; x += 1) {
      for (let y = y1; y < y2; y += 1) {
        const at = x * height + y;
        const value = cells[at];
        if (!value) continue;
        const { rgb, pattern } = looks[value];
        const edge =
          (x > 0 && cells[at - height] !== value) ||
          (x < width - 1 && cells[at + height] !== value) ||
          (y > 0 && cells[at - 1] !== value) ||
          (y < height - 1 && cells[at + 1] !== value);
        const to = ((y - y1) * (x2 - x1) + x - x1) * 4;
        [data[to], data[to + 1], data[to + 2]] = rgb;
        data[to + 3] = edge ? alpha.edge : pattern(x, y, period, line) ? alpha.strong : alpha.soft;
      }
    }
    context.putImageData(image, x1, y1);
  }

  return {
    canvas,
    draw,
    // Where the picture lies now.
    place({ scale, x, y }) {
      const { step } = map;
      canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale * step})`;
      canvas.classList.toggle("is-sharp", scale * step >= SHARP_FROM);
    },
  };
}
