// What is wrong with a URL, or has no effect in it, shown at the part that it is about.

export function showProblems(place, url, facts) {
  const parts = [
    ...(facts.error?.part ? [facts.error.part] : []),
    ...[...(facts.ignored ?? []), ...(facts.simplified ?? [])].map((note) => note.part),
  ];
  const lines = [];
  if (facts.error) lines.push(sentence(errorText(facts.error), "problem"));
  for (const note of facts.ignored ?? []) lines.push(sentence(`${note.part} is ignored: ${note.why}`, "note"));
  for (const note of facts.simplified ?? []) lines.push(sentence(`${note.part}: ${note.why}`, "note"));
  for (const change of facts.snapped ?? []) lines.push(sentence(`${change}: unsigned sizes are those of the ladder`, "note"));
  place.replaceChildren(...(parts.length ? [marked(url, parts)] : []), ...lines);
}

export function errorText({ status, message, expected, part }) {
  const text = expected && !message.includes(expected) ? `${message}: expected ${expected}` : message;
  return `${status && !part ? `${status}: ` : ""}${text}`;
}

function sentence(text, className) {
  return Object.assign(document.createElement("p"), { className, textContent: text });
}

// The URL once more, with these parts marked.
function marked(url, parts) {
  const line = Object.assign(document.createElement("p"), { className: "marked" });
  let rest = url;
  for (const [from, to] of spans(url, parts)) {
    const offset = url.length - rest.length;
    const mark = Object.assign(document.createElement("mark"), { textContent: url.slice(from, to) });
    line.append(url.slice(offset, from), mark);
    rest = url.slice(to);
  }
  line.append(rest);
  return line;
}

// A part is found behind a separator: `w-3` is not in `bw-3`.
function spans(url, parts) {
  const found = parts.map((part) => [",", ":", "="].map((mark) => url.indexOf(mark + part)).filter((at) => at >= 0).map((at) => at + 1)[0]);
  const all = found.map((at, index) => [at, at + parts[index].length]).filter(([at]) => at !== undefined);
  return all.sort(([one], [other]) => one - other).filter(([at], index, them) => index === 0 || at >= them[index - 1][1]);
}
