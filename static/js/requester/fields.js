// The fields of a form as the editor sees them: JSON in, rows to edit, the same JSON out with nothing lost. Pure.

export const KINDS = [
  ["text", "One line"],
  ["long_text", "Several lines"],
  ["number", "Number"],
  ["choice", "One choice"],
  ["choices", "Several choices"],
  ["matrix", "Table of choices"],
  ["link", "Web address"],
  ["position", "Position"],
];
const both = (...keys) => keys.map((key) => ({ key, label: key }));
// What a field begins with that becomes of another kind; made anew each time.
const FIRST = { options: () => both("Yes", "No"), rows: () => both("First row"), tolerance: () => 0.5 };
const OF_KIND = { options: ["choice", "choices", "matrix"], rows: ["matrix"], minimum: ["number"], maximum: ["number"], tolerance: ["number"] };

export const has = (kind, part) => OF_KIND[part].includes(kind);

// The list of fields in a text; null where it is none, and has to be put right as text.
export function parsed(text) {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) && found.every((one) => one && typeof one === "object" && !Array.isArray(one)) ? found : null;
  } catch {
    return null;
  }
}

export const written = (fields) => JSON.stringify(fields, null, 2);

const keyOf = (option) => (typeof option === "string" ? option : option?.key);
const labelOf = (option) => (typeof option === "string" ? option : (option?.label ?? option?.key));
export const keysOf = (field) => (Array.isArray(field?.options) ? field.options.map(keyOf).filter((key) => typeof key === "string") : []);

// Options as lines, "key" or "key | label"; null where lines could not say them all.
export function linesOf(options) {
  if (options === undefined) return "";
  if (!Array.isArray(options)) return null;
  const plain = (text) => typeof text === "string" && !/[|\n]/.test(text) && text === text.trim() && text !== "";
  const known = (option) => typeof option === "string" || (option && Object.keys(option).every((name) => name === "key" || name === "label"));
  if (!options.every((option) => known(option) && plain(keyOf(option)) && plain(labelOf(option)))) return null;
  return options.map((option) => (keyOf(option) === labelOf(option) ? keyOf(option) : `${keyOf(option)} | ${labelOf(option)}`)).join("\n");
}

// The options that lines say; those that say what `before` had are left as they were.
export function optionsOf(lines, before = []) {
  const had = new Map((Array.isArray(before) ? before : []).map((option) => [`${keyOf(option)}\n${labelOf(option)}`, option]));
  return lines
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [key, ...rest] = line.split("|").map((part) => part.trim());
      const label = rest.join(" ") || key;
      return had.get(`${key}\n${label}`) ?? { key, label };
    });
}

// A name for exports out of what is asked: letters, digits and _, and no other field's.
export function nameFor(label, taken) {
  const base = label.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "_").replace(/^[^A-Za-z]+|_+$/g, "").toLowerCase().slice(0, 30) || "field";
  let name = base;
  for (let copy = 2; taken.includes(name); copy += 1) name = `${base}_${copy}`;
  return name;
}

// The field with one part set; undefined takes the part away. The order of its parts stays.
export function withPart(field, part, value) {
  const next = { ...field, [part]: value };
  if (value === undefined) delete next[part];
  return next;
}

// The field as another kind: parts that only the old one has go to `aside`, and come back from there.
export function withKind(field, kind, aside = {}) {
  const next = { ...field, kind };
  for (const part of Object.keys(OF_KIND)) {
    if (has(kind, part)) {
      const value = next[part] ?? aside[part] ?? FIRST[part]?.();
      if (value !== undefined) next[part] = value;
    } else if (next[part] !== undefined) {
      aside[part] = next[part];
      delete next[part];
    }
  }
  return next;
}

// All fields with one renamed: conditions that name it follow.
export function renamed(fields, place, name) {
  const old = fields[place].name;
  return fields.map((field, at) => {
    if (at === place) return { ...field, name };
    return field.when?.field === old && old ? { ...field, when: { ...field.when, field: name } } : field;
  });
}

export function moved(fields, place, by) {
  const next = [...fields];
  const [one] = next.splice(place, 1);
  next.splice(place + by, 0, one);
  return next;
}

// The fields before one that its condition may ask about.
export const askable = (fields, place) => fields.slice(0, place).filter((field) => field.kind === "choice" || field.kind === "choices");

// Why a field's condition cannot hold, "" if it can.
export function conditionProblem(fields, place) {
  const { when } = fields[place];
  if (when === undefined) return "";
  const source = askable(fields, place).find((field) => field.name === when?.field);
  if (!source) return `It depends on “${when?.field ?? "?"}”, which is no choice before it.`;
  const unknown = (Array.isArray(when.is) ? when.is : []).filter((key) => !keysOf(source).includes(key));
  if (unknown.length) return `“${source.label || source.name}” has no answer “${unknown[0]}”.`;
  return when.is?.length ? "" : "Choose the answers that it is asked after.";
}
