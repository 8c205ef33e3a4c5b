// What a view needs of numbers; apart from geometry.js, so that a tool without shapes carries none of that.

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
