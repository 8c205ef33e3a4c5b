// Passages of a text as plain data. Pure. Places here are JavaScript's (UTF-16 units); the server counts code points.

const SEGMENTS = typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;

// {start, end} of each word; where the browser cannot tell, of what stands between spaces.
export function wordsOf(text) {
  if (!SEGMENTS) return [...text.matchAll(/\S+/g)].map((found) => ({ start: found.index, end: found.index + found[0].length }));
  return [...SEGMENTS.segment(text)].filter((one) => one.isWordLike).map((one) => ({ start: one.index, end: one.index + one.segment.length }));
}

// A selection widened to whole words; without a word in it, itself without the spaces at its ends, or null.
export function snapped({ start, end }, words) {
  const touched = words.filter((word) => word.start < end && start < word.end);
  return touched.length ? { start: touched[0].start, end: touched.at(-1).end } : null;
}

const points = (text) => [...text].length;

export const toPoints = ({ class: key, start, end }, text) => {
  const first = points(text.slice(0, start));
  return { class: key, start: first, end: first + points(text.slice(start, end)) };
};

export function toUnits({ class: key, start, end }, text) {
  const chars = [...text];
  const first = chars.slice(0, start).join("").length;
  return { class: key, start: first, end: first + chars.slice(start, end).join("").length };
}

// The text cut wherever a passage begins or ends: [{text, spans that cover it, held: whether it is in `held`}].
export function pieces(text, spans, held) {
  const cuts = new Set([0, text.length, ...spans.flatMap((span) => [span.start, span.end]), ...(held ? [held.start, held.end] : [])]);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, row) => {
    const start = places[row];
    const covers = (span) => span.start <= start && end <= span.end;
    return { text: text.slice(start, end), spans: spans.filter(covers), held: Boolean(held && covers(held)) };
  });
}
