// What is copied: the same transformation as HTML, and as a call of ImageKit's SDKs.

import { decoded, writeAddress } from "/shared/address.js";
import { find, put, readSteps, writeSteps } from "./steps.js";

const WIDTHS = [320, 640, 960, 1280, 1920];
const FACTORS = [0.5, 1, 1.5, 2, 3];
const WHOLE = /^[1-9]\d*$/;
const MODES = ["pad_resize", "extract", "pad_extract", "pad_resize_no_enlarge", "pad_extract_no_shrink"];

// Long names of ImageKit's SDK for JavaScript; what has none goes through `raw`.
export const NAMES = {
  w: "width", h: "height", ar: "aspectRatio", fo: "focus", x: "x", y: "y", xc: "xCenter", yc: "yCenter", z: "zoom",
  dpr: "dpr", q: "quality", f: "format", pr: "progressive", lo: "lossless", cp: "colorProfile", md: "metadata",
  dn: "density", di: "defaultImage", pg: "page", orig: "original", rt: "rotation", fl: "flip", bg: "background",
  b: "border", r: "radius", o: "opacity", bl: "blur", t: "trim", n: "named", cr: "colorReplace",
  "e-grayscale": "grayscale", "e-contrast": "contrastStretch", "e-sharpen": "sharpen", "e-usm": "unsharpMask",
  "e-shadow": "shadow", "e-gradient": "gradient", "e-colorize": "colorize", "e-distort": "distort",
};

export function snippet(kind, address, width) {
  return { img, picture, javascript, python }[kind](address, width);
}

function img(address, width) {
  const { entries, sizes } = candidates(address, width);
  const source = escaped(writeAddress(address));
  return `<img src="${source}"\n${srcset(entries, "     ")}\n     sizes="${sizes}"\n     alt="">`;
}

function picture(address, width) {
  const sources = ["avif", "webp"].map((format) => {
    const { entries, sizes } = candidates(withFormat(address, format), width);
    return `  <source type="image/${format}"\n${srcset(entries, "          ")}\n          sizes="${sizes}">`;
  });
  return `<picture>\n${sources.join("\n")}\n  <img src="${escaped(writeAddress(withoutFormat(address)))}" alt="">\n</picture>`;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

// A comma at the end of a URL would end it too early; within it does not.
function srcset(entries, indent) {
  const lines = entries.map(({ url, width }) => `${escaped(url)} ${width}w`);
  return `${indent}srcset="${lines.join(`,\n${indent}        `)}"`;
}

// One step with a width grows as a whole; anything else is fitted into widths behind its last step, as the SDKs do it.
function candidates(address, width) {
  const steps = readSteps(address.transformation).filter((step) => step.length);
  const own = steps.length === 1 ? find(steps[0], "w")?.value : undefined;
  const writeWith = (changed) => writeAddress({ ...address, transformation: writeSteps(changed) });
  if (own !== undefined && WHOLE.test(own)) {
    const entries = FACTORS.map((factor) => ({ width: Math.round(own * factor), url: writeWith([scaled(steps[0], factor)]) }));
    return { entries, sizes: `(max-width: ${own}px) 100vw, ${own}px` };
  }
  const wanted = WIDTHS.filter((each) => width === null || each < width).concat(width ?? []);
  const entries = wanted.map((each) => ({ width: each, url: writeWith([...steps, ...readSteps(`w-${each},c-at_max`)]) }));
  return { entries, sizes: width ? `(max-width: ${width}px) 100vw, ${width}px` : "100vw" };
}

function scaled(step, factor) {
  const grown = (item) => (item && WHOLE.test(item.value) ? String(Math.round(item.value * factor)) : null);
  const [width, height] = [grown(find(step, "w")), grown(find(step, "h"))];
  const wide = put(put(step, "dpr", null), "w", width);
  return height === null ? wide : put(wide, "h", height);
}

function withFormat(address, format) {
  const steps = readSteps(withoutFormat(address).transformation);
  return { ...address, transformation: writeSteps([...steps.slice(0, -1), put(steps.at(-1), "f", format)]) };
}

function withoutFormat(address) {
  const steps = readSteps(address.transformation).map((step) => put(step, "f", null));
  return { ...address, transformation: writeSteps(steps) };
}

// As the SDKs take it: a list of steps with long names.
export function transformationOf(address) {
  const steps = readSteps(address.transformation).filter((step) => step.length);
  return steps.map(optionsOf);
}

function optionsOf(step) {
  const options = {};
  const raw = [];
  for (const item of step) {
    const name = nameOf(item);
    if (name === undefined || name in options) raw.push(item.text);
    else options[name] = valueOf(item);
  }
  return raw.length ? { ...options, raw: raw.join(",") } : options;
}

const nameOf = ({ key, value }) => (key === "c" || key === "cm" ? (MODES.includes(value) ? "cropMode" : "crop") : NAMES[key]);

function valueOf({ key, value }) {
  if (value === "" || value === "true") return true;
  if (value === "false") return false;
  return /^(0|[1-9]\d*)(\.\d+)?$/.test(value) && key !== "n" ? Number(value) : value;
}

// The path of a picture that stands in a URL is encoded once already; the SDKs do it themselves.
const plainSource = (source) => `/${decoded(source)}`;

function javascript(address) {
  const query = queryOf(address);
  const lines = [
    `  urlEndpoint: ${JSON.stringify(address.base)},`,
    `  src: ${JSON.stringify(plainSource(address.source))},`,
    `  transformation: ${indented(transformationOf(address), jsLiteral)},`,
    `  transformationPosition: "${address.inQuery ? "query" : "path"}",`,
    ...(query ? [`  queryParameters: ${jsLiteral(query)},`] : []),
  ];
  return `import { buildSrc } from "@imagekit/javascript";\n\nconst url = buildSrc({\n${lines.join("\n")}\n});`;
}

function python(address) {
  const query = queryOf(address);
  const lines = [
    `    url_endpoint=${JSON.stringify(address.base)},`,
    `    src=${JSON.stringify(plainSource(address.source))},`,
    `    transformation=${indented(transformationOf(address), pyLiteral, "    ")},`,
    `    transformation_position="${address.inQuery ? "query" : "path"}",`,
    ...(query ? [`    query_parameters=${pyLiteral(query)},`] : []),
  ];
  return `from imagekitio import ImageKit\n\nclient = ImageKit(private_key="...")\nurl = client.helper.build_url(\n${lines.join("\n")}\n)`;
}

function queryOf({ query }) {
  return query.length ? Object.fromEntries(query.map((pair) => [pair.split("=")[0], pair.split("=").slice(1).join("=")])) : null;
}

function indented(steps, literal, margin = "  ") {
  if (steps.length < 2) return `[${steps.map(literal).join("")}]`;
  return `[\n${steps.map((step) => `${margin}${margin}${literal(step)},\n`).join("")}${margin}]`;
}

function jsLiteral(options) {
  const pairs = Object.entries(options).map(([name, value]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return pairs.length ? `{ ${pairs.join(", ")} }` : "{}";
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function pyLiteral(options) {
  const value = (it) => (it === true ? "True" : it === false ? "False" : JSON.stringify(it));
  return `{${Object.entries(options).map(([name, it]) => `"${snake(name)}": ${value(it)}`).join(", ")}}`;
}
