// Run lengths as COCO writes them and pycocotools packs them (tasks_app/tools/rle.py). Pure.

const FIRST = 48;

export function pack(runs) {
  const codes = [];
  runs.forEach((run, place) => {
    let rest = place > 2 ? run - runs[place - 2] : run;
    for (let more = true; more; ) {
      const bits = rest & 31;
      rest >>= 5;
      more = bits & 16 ? rest !== -1 : rest !== 0;
      codes.push(bits + (more ? 32 : 0) + FIRST);
    }
  });
  const text = [];
  for (let at = 0; at < codes.length; at += 4096) text.push(String.fromCharCode(...codes.slice(at, at + 4096)));
  return text.join("");
}

export function unpack(text) {
  const runs = [];
  for (let at = 0; at < text.length; ) {
    let [run, shift, code] = [0, 0, 0];
    do {
      code = text.charCodeAt(at) - FIRST;
      run |= (code & 31) << shift;
      shift += 5;
      at += 1;
    } while (code & 32 && at < text.length);
    if (code & 16 && shift < 32) run |= -1 << shift;
    runs.push(runs.length > 2 ? run + runs[runs.length - 2] : run);
  }
  return runs;
}
