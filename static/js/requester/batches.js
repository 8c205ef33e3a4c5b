// What the upload decides, as pure functions: which key a file has, in how many parts a choice is sent, what is told.

const FNV_PRIME = 0x01000193;

function hash(text, seed) {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let place = 0; place < text.length; place += 1) value = Math.imul(value ^ text.charCodeAt(place), FNV_PRIME) >>> 0;
  return value.toString(16).padStart(8, "0");
}

export const pathOf = (file) => file.path || file.webkitRelativePath || file.name;

// The same file chosen again has the same key, so that an interrupted upload goes on where it stopped.
export function uploadKey(file) {
  const text = `${pathOf(file)}|${file.size}|${file.lastModified}`;
  return [0, 1, 2, 3].map((seed) => hash(text, seed)).join("");
}

// What operating systems put into folders; a hidden file is never an item.
export const isJunk = (file) => pathOf(file).split("/").some((part) => part.startsWith(".") || /^(thumbs\.db|desktop\.ini|__macosx)$/i.test(part));

export const isTable = (file) => /\.(csv|tsv|tab|txt|jsonl|ndjson|json)$/i.test(file.name);

// Parts within the server's bounds. A table's images must come with it, so a choice with a table is never divided.
export function planBatches(files, maxBytes, maxFiles) {
  if (files.some(isTable)) return files.length ? [files] : [];
  const parts = [];
  let part = [];
  let bytes = 0;
  for (const file of files) {
    if (part.length && (bytes + file.size > maxBytes || part.length >= maxFiles)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(file);
    bytes += file.size;
  }
  if (part.length) parts.push(part);
  return parts;
}

export const sizeText = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);

export const progressText = (done, total, sent, bytes) =>
  `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${total === 1 ? "file" : "files"}, ${sizeText(sent)} of ${sizeText(bytes)}`;

// Worth another try: no answer at all, a busy or failing server. Anything else would be refused again.
export const isPassing = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

export const pause = (attempt) => Math.min(8000, 400 * 2 ** attempt);
