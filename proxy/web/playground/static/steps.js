// A transformation as steps of items. What is no plain parameter (a layer, a condition) is kept as it is written.

import { decoded } from "/shared/address.js";

const OPENS = /^(l|if)-(?!end$|else$)./;
const CLOSES = /^(l|if)-end$/;

export function readSteps(text) {
  const steps = [[]];
  let depth = 0;
  let start = 0;
  let from = 0; // of a block that is open
  const take = (end) => {
    const item = text.slice(start, end);
    if (item === "") return;
    if (OPENS.test(item)) {
      if (depth === 0) from = start;
      depth += 1;
    } else if (CLOSES.test(item) && depth > 0) {
      depth -= 1;
      if (depth === 0) steps.at(-1).push({ key: null, text: text.slice(from, end) });
    } else if (depth === 0) steps.at(-1).push(readItem(item));
  };
  for (const separator of text.matchAll(/[,:]/g)) {
    take(separator.index);
    if (separator[0] === ":" && depth === 0) steps.push([]);
    start = separator.index + 1;
  }
  take(text.length);
  if (depth > 0) steps.at(-1).push({ key: null, text: text.slice(from) }); // the server says what is missing
  return steps;
}

export function readItem(text) {
  const dash = text.indexOf("-");
  const key = dash < 0 ? text : text.slice(0, dash);
  const value = dash < 0 ? "" : text.slice(dash + 1);
  if (key !== "e" || dash < 0) return { key, value: decoded(value), text };
  const next = value.indexOf("-");
  const name = next < 0 ? value : value.slice(0, next);
  return { key: `e-${name}`, value: next < 0 ? "" : decoded(value.slice(next + 1)), text };
}

export function writeSteps(steps) {
  return steps.filter((step) => step.length).map((step) => step.map((item) => item.text).join(",")).join(":");
}

export function find(step, key) {
  return step.find((item) => item.key === key);
}

// With the parameter at its place, or behind the others; a value of null takes it away. Steps are never changed.
export function put(step, key, value) {
  if (value === null) return step.filter((item) => item.key !== key);
  const item = { key, value, text: value === "" ? key : `${key}-${encoded(value)}` };
  return find(step, key) ? step.map((old) => (old.key === key ? item : old)) : [...step, item];
}

const encoded = (value) => encodeURIComponent(value).replaceAll("%40", "@");
