// Regions of a recording as plain data: {id, class, start, end, text}, milliseconds. Pure.

let serial = 0;

const byTime = (a, b) => a.start - b.start || a.end - b.end;

// What an answer's rows are while they are worked on; rows of classes that the question has no more are left out.
export const worked = (rows, styles) =>
  (rows ?? [])
    .filter((row) => styles.has(row.class))
    .map((row) => ({ id: (serial += 1), class: row.class, start: row.start, end: row.end, text: row.text ?? "" }))
    .sort(byTime);

// The rows of the answer.
export const answered = (regions, transcribe) =>
  regions.map(({ class: key, start, end, text }) => ({ class: key, start: Math.round(start), end: Math.round(end), ...(transcribe && text.trim() ? { text: text.trim() } : {}) }));

// A new region, or null where it is shorter than the least. → {regions, id}
export function added(regions, key, { start, end }, least, total) {
  const [from, to] = [Math.max(Math.round(start), 0), Math.min(Math.round(end), Math.round(total))];
  if (to - from < least) return null;
  const region = { id: (serial += 1), class: key, start: from, end: to, text: "" };
  return { regions: [...regions, region].sort(byTime), id: region.id };
}

export const changed = (regions, id, fields) => regions.map((one) => (one.id === id ? { ...one, ...fields } : one)).sort(byTime);

export const removed = (regions, id) => regions.filter((one) => one.id !== id);

// One end of a region put at a moment, no nearer to the other end than the least length.
export function pulled(regions, id, edge, ms, least, total) {
  const one = regions.find((region) => region.id === id);
  if (!one) return regions;
  const at = Math.round(edge === "start" ? Math.min(Math.max(ms, 0), one.end - least) : Math.max(Math.min(ms, total), one.start + least));
  return changed(regions, id, { [edge]: Math.max(at, 0) });
}

// The region before or after the one in hand; round the end.
export function neighbour(regions, id, step) {
  if (!regions.length) return null;
  const at = regions.findIndex((one) => one.id === id);
  return regions[at < 0 ? (step > 0 ? 0 : regions.length - 1) : (at + step + regions.length) % regions.length].id;
}

// Each region with the lane it lies in, so that no two of a lane overlap: {placed, lanes}. A region may bring its lane;
// above `most` the last lane takes all.
export function lanesOf(regions, most) {
  const ends = [];
  const placed = [...regions].sort(byTime).map((region) => {
    let lane = region.lane ?? ends.findIndex((end) => end <= region.start);
    if (lane < 0) lane = Math.min(ends.length, most - 1);
    ends[lane] = Math.max(ends[lane] ?? 0, region.end);
    return { ...region, lane };
  });
  return { placed, lanes: ends.length };
}

// What is worth asking about before handing in: the same region twice.
export function twins(regions) {
  const seen = new Set();
  return regions.filter(({ class: key, start, end }) => {
    const mark = `${key} ${start} ${end}`;
    return seen.has(mark) || !seen.add(mark);
  });
}
