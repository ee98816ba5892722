// The original beside the result: pictures, figures, what is wrong, and one sentence for who listens.

import * as server from "/shared/server.js";
import { writeAddress } from "/shared/address.js";
import { bytesOf, formatOf, milliseconds, short } from "/shared/figures.js";

const WIDEST = 1200; // of the original as it is shown

export class Result {
  constructor({ problem, settled }) {
    this.problem = problem; // called with the facts of an explanation, or an error
    this.settled = settled; // called with the result's width, where it has one
    this.asking = null;
    this.shown = null; // the original that is on the page
  }

  async ask(url, address, accept, namedOnly) {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    document.querySelector("#result-ground").setAttribute("aria-busy", "true");
    this.explain(url, accept, signal);
    try {
      await this.show(await server.preview(url, accept, signal), signal);
      await this.showOriginal(address, accept, namedOnly);
    } catch (error) {
      if (signal.aborted) return;
      this.fail(error);
      if (this.shown !== sourceKey(address)) this.showOriginal(address, accept, namedOnly).catch(() => empty("original"));
    } finally {
      if (!signal.aborted) document.querySelector("#result-ground").removeAttribute("aria-busy");
    }
  }

  async explain(url, accept, signal) {
    try {
      const facts = await server.explain(url, accept, signal);
      if (!signal.aborted) this.problem(facts);
    } catch (error) {
      if (!signal.aborted) this.problem({ error: { message: error.message } });
    }
  }

  async show(got, signal) {
    const size = await draw("result", got.body, got.type, "The result");
    if (signal.aborted) return;
    const total = got.stages.find(([name]) => name === "total")?.[1];
    const stages = got.stages.filter(([name]) => name !== "total").map(([name, time]) => `${name} ${milliseconds(time)}`);
    const facts = {
      pixels: size ? `${size.width} × ${size.height}` : "-",
      bytes: bytesOf(got.body.size),
      format: formatOf(got.type),
      cache: got.cache,
      timing: [milliseconds(total ?? 0), ...(stages.length ? [`(${stages.join(", ")})`] : [])].join(" "),
      elapsed: milliseconds(got.elapsed),
    };
    fill("result", facts);
    document.querySelector("[data-result=cache]").dataset.cache = got.cache;
    const said = `${facts.pixels} pixels, ${short(got.body.size)}, ${facts.format}, ${got.cache}, ${milliseconds(total ?? 0)}`;
    document.querySelector("#status").textContent = `Result: ${said}`;
    this.settled(size?.width ?? null);
  }

  fail(error) {
    empty("result", error.message);
    fill("result", { pixels: "-", bytes: "-", format: "-", cache: "-", timing: "-", elapsed: "-" });
    delete document.querySelector("[data-result=cache]").dataset.cache;
    document.querySelector("#status").textContent = `No result: ${error.message}`;
  }

  // Once for each picture: it stays the same while its parameters change.
  async showOriginal(address, accept, namedOnly) {
    const key = sourceKey(address);
    if (this.shown === key) return;
    this.shown = key;
    const plain = { ...address, transformation: "", inQuery: false };
    const small = namedOnly ? plain : { ...plain, transformation: `w-${WIDEST},c-at_max` };
    const [picture, facts] = await Promise.allSettled([
      server.preview(writeAddress(small), accept),
      server.metadata(writeAddress(plain)),
    ]);
    if (this.shown !== key) return;
    if (picture.status === "fulfilled") await draw("original", picture.value.body, picture.value.type, "The original");
    else {
      empty("original", picture.reason.message);
      this.shown = null; // it is tried again with the next result
    }
    const known = facts.status === "fulfilled" ? facts.value : null;
    fill("original", {
      pixels: known ? `${known.width} × ${known.height}` : "-",
      bytes: known ? bytesOf(known.size) : "-",
      format: known ? known.format.toUpperCase() : "-",
    });
  }
}

const sourceKey = ({ base, source }) => `${base} ${source}`;

// The picture's size in pixels, null for what is no picture.
async function draw(name, body, type, alternative) {
  if (!type.startsWith("image/")) {
    empty(name, `No picture: ${type}`);
    return null;
  }
  const picture = new Image();
  const address = URL.createObjectURL(body);
  picture.src = address;
  picture.alt = alternative;
  try {
    await picture.decode();
  } catch {
    URL.revokeObjectURL(address);
    empty(name, `This browser does not show ${type}`);
    return null;
  }
  const ground = document.querySelector(`#${name}-ground`);
  const before = ground.querySelector("img");
  ground.replaceChildren(picture);
  if (before) URL.revokeObjectURL(before.src);
  return { width: picture.naturalWidth, height: picture.naturalHeight };
}

export function empty(name, message = "No picture yet") {
  const text = Object.assign(document.createElement("p"), { textContent: message });
  document.querySelector(`#${name}-ground`).replaceChildren(text);
  document.querySelector(`#${name}-brief`).textContent = "";
}

function fill(name, facts) {
  for (const [key, value] of Object.entries(facts)) document.querySelector(`[data-${name}=${key}]`).textContent = value;
  const brief = [facts.pixels, facts.bytes.split(" (")[0], facts.format].filter((part) => part !== "-");
  document.querySelector(`#${name}-brief`).textContent = brief.join(" · ");
}
