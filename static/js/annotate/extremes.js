// Another way to make a box: four clicks on the thing itself, at its leftmost, topmost, rightmost and lowest point in any
// order: no corner in the air has to be aimed at (Papadopoulos et al. 2017). What is laid over the form of a box.

export const EXTREMES = {
  points: 4,
  drag: null,
  make(points, size) {
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    const xs = points.map((point) => within(point.x, size.width));
    const ys = points.map((point) => within(point.y, size.height));
    return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
  },
  how: "Click the leftmost, topmost, rightmost and lowest point, in any order.",
  said: ({ points }) => `Point ${points.length} of 4. Click the outermost points; Esc cancels.`,
};
