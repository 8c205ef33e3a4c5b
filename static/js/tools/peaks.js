// The outline of a sound: decoded in the browser, as least and greatest sample of each 5 ms, and kept while the page is open.

const RATE = 8000;
const BUCKET = 40;
export const PER_SECOND = RATE / BUCKET;
// Decoding holds all samples in memory: above this the sound is shown without an outline.
export const LONGEST = 40 * 60_000;
const KEPT = 6;

// samples −1..1 → Int8Array of least, greatest, least, greatest …; pure.
export function peaksOf(samples, bucket = BUCKET) {
  const peaks = new Int8Array(Math.ceil(samples.length / bucket) * 2);
  for (let place = 0, at = 0; at < samples.length; place += 2, at += bucket) {
    let [least, greatest] = [1, -1];
    const end = Math.min(at + bucket, samples.length);
    for (let one = at; one < end; one += 1) {
      const value = samples[one];
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    peaks[place] = Math.max(least, -1) * 127;
    peaks[place + 1] = Math.min(greatest, 1) * 127;
  }
  return peaks;
}

// What to paint for `columns` of pixels between two moments: [[least, greatest] −1..1]; pure.
export function columnsOf(peaks, from, span, columns) {
  const found = [];
  for (let column = 0; column < columns; column += 1) {
    const first = Math.floor(((from + (span * column) / columns) / 1000) * PER_SECOND);
    const last = Math.max(first + 1, Math.ceil(((from + (span * (column + 1)) / columns) / 1000) * PER_SECOND));
    let [least, greatest] = [0, 0];
    for (let at = Math.max(first, 0); at < last && at * 2 < peaks.length; at += 1) {
      if (peaks[at * 2] < least) least = peaks[at * 2];
      if (peaks[at * 2 + 1] > greatest) greatest = peaks[at * 2 + 1];
    }
    found.push([least / 127, greatest / 127]);
  }
  return found;
}

const cache = new Map();

async function decoded(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await answer.arrayBuffer());
  const mono = sound.getChannelData(0).slice();
  for (let channel = 1; channel < sound.numberOfChannels; channel += 1) {
    sound.getChannelData(channel).forEach((value, place) => {
      if (Math.abs(value) > Math.abs(mono[place])) mono[place] = value;
    });
  }
  return { peaks: peaksOf(mono), milliseconds: sound.duration * 1000 };
}

// {peaks, milliseconds} of a sound; null where it cannot be decoded or is too long.
export function loadPeaks(url, milliseconds) {
  if (milliseconds > LONGEST) return Promise.resolve(null);
  if (!cache.has(url)) {
    cache.set(url, decoded(url).catch(() => null));
    if (cache.size > KEPT) cache.delete(cache.keys().next().value);
  }
  return cache.get(url);
}
