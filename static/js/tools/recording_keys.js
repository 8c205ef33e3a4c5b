// Keys that the tools of sounds and films have in common.

// A command that is always done, for `onCommand`, which asks whether it was.
export const used = (act) => () => {
  act();
  return true;
};

export const zooming = (timeline) => ({
  "zoom-in": used(() => timeline.zoom(1.5)),
  "zoom-out": used(() => timeline.zoom(1 / 1.5)),
  fit: used(timeline.fit),
});

// `letters`: what each letter or sign does. Held down, it does it once. The browser's own combinations are left alone.
export const letterKeys = (letters) => (event) => {
  const act = letters[event.key.toLowerCase()];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (!event.repeat) act();
  return true;
};
