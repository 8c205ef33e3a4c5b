// How a class looks on a picture. Colour is never the only sign: the dash pattern follows the class's place in the
// list, and 5 patterns against 8 colours repeat together only after 40 classes. Pure.

export const PALETTE = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB"];
export const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4], [6, 2, 2, 2]];
export const HALO = "rgba(10, 12, 16, 0.66)";

export const dashOf = (place) => DASHES[place % DASHES.length];
export const colorOf = (row, place) => row.color || PALETTE[place % PALETTE.length];

// class key → {name, color, dash, place}
export function stylesOf(classes) {
  return new Map(
    classes.map((row, place) => [row.key, { name: row.name, color: colorOf(row, place), dash: dashOf(place), place }]),
  );
}

export const shorten = (text, length = 22) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

// What is said of a shape besides its class, short.
export function marksOf({ occluded, uncertain, attributes }) {
  const told = [occluded && "occluded", uncertain && "unsure", ...Object.values(attributes ?? {})].filter(Boolean);
  return told.length ? ` · ${told.join(", ")}` : "";
}
