// Times of a recording as people read them, and the part of it that is in view. Pure; milliseconds everywhere.

const two = (number) => String(number).padStart(2, "0");

// 83450 → "1:23.45"
export function clockOf(ms) {
  const all = Math.max(Math.round(ms / 10), 0);
  const [hours, minutes] = [Math.floor(all / 360_000), Math.floor(all / 6000) % 60];
  const rest = `${two(Math.floor(all / 100) % 60)}.${two(all % 100)}`;
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// 1240 → "1.24 s"
export const secondsOf = (ms) => `${(ms / 1000).toFixed(2)} s`;

const LEAST_SPAN = 200;

// A view {from, span} that lies within 0..total.
export function clamped({ from, span }, total) {
  const whole = Math.max(total, 1);
  const width = Math.min(Math.max(span, Math.min(LEAST_SPAN, whole)), whole);
  return { from: Math.min(Math.max(from, 0), whole - width), span: width };
}

// The view `factor` times as near, with what is at `at` staying where it is.
export function zoomed(view, factor, at, total) {
  const next = clamped({ from: 0, span: view.span / factor }, total);
  return clamped({ from: at - ((at - view.from) / view.span) * next.span, span: next.span }, total);
}

// The view in which `at` can be seen: turned over like a page when it has left.
export function following(view, at, total) {
  if (at >= view.from && at <= view.from + view.span) return view;
  return clamped({ from: at - view.span * 0.1, span: view.span }, total);
}

// Distance between the marks of the ruler, for so many pixels: 1, 2 or 5 times a power of ten, or minutes.
export function tickStep(span, pixels, least = 70) {
  const wanted = (span / Math.max(pixels, 1)) * least;
  return [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000].find((step) => step >= wanted) ?? 3_600_000;
}
