// One tab at a time: two would show the same task twice. Where the browser has no locks (plain http on a local network)
// each tab goes on as if it were alone; the server sorts out the rest.

export function alone(name, { onAlone, onTaken, locks = navigator.locks }) {
  if (!locks) {
    onAlone();
    return;
  }
  // Held until the tab is closed or another one takes it over.
  const hold = () => new Promise(() => {});
  const takeOver = () => locks.request(name, { steal: true }, () => {});
  const lost = () => onTaken(takeOver);
  locks
    .request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return lost();
      onAlone();
      return hold();
    })
    .catch(lost);
}
