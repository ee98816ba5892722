// Which picture: a code, a path or a URL that is pasted, one of an entry of Akeneo, or one that was asked for last.

import { decoded, readAddress, sourceOf } from "/shared/address.js";
import * as server from "/shared/server.js";

const HELP = document.querySelector("#search-help").textContent;
const PAUSE = 400; // milliseconds after a key, before Akeneo is asked
const SHORTEST = 2;
const MOST = 24;

// What is offered to choose from, as paths behind an endpoint: the pictures that Akeneo has by that name, or else those
// that were asked for last.
async function offered(endpoint, search, signal) {
  if (!search) return { paths: endpoint.recent, note: "" };
  try {
    const { entries } = await server.pictures(search, endpoint, signal);
    const paths = [...new Set(entries.flatMap(({ pictures }) => pictures.map(({ path }) => path)).filter(Boolean))];
    const found = entries.map(({ kind, owner, code }) => `${kind} ${owner ? `${owner}/` : ""}${code}`).join(", ");
    return { paths, note: found ? `${found}: ${paths.length || "no"} picture${paths.length === 1 ? "" : "s"}` : `Akeneo has no ${search}` };
  } catch (error) {
    return { paths: [], note: error.message };
  }
}

export class Picture {
  constructor(chosen) {
    this.chosen = chosen; // called with {url} or {source}
    this.field = document.querySelector("#code");
    this.family = document.querySelector("#family");
    this.endpoint = null;
    this.asking = null;
    this.timer = 0;
    document.querySelector("#picture").addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(this.field.value);
    });
    this.field.addEventListener("change", () => this.take(this.field.value));
    this.search = document.querySelector("#search");
    this.search.addEventListener("input", () => this.find(PAUSE));
    this.search.addEventListener("keydown", ({ key }) => key === "Enter" && this.find(0));
  }

  find(pause) {
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.search.value.trim();
    if (!this.endpoint || (text.length > 0 && text.length < SHORTEST && pause > 0)) return;
    this.timer = setTimeout(() => this.offer(this.endpoint), pause);
  }

  take(text) {
    if (text.trim() === "") return;
    this.chosen(readAddress(text) ? { url: text.trim() } : { source: sourceOf(text, this.family.value) });
  }

  show(source) {
    if (this.field !== document.activeElement) this.field.value = decoded(source);
  }

  async offer(endpoint) {
    this.endpoint = endpoint;
    document.querySelector(".finder").hidden = endpoint.connections.length === 0;
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const text = this.search.value.trim();
    const { paths, note } = await offered(endpoint, text, signal);
    if (signal.aborted) return;
    document.querySelector("#recent-codes").replaceChildren(...endpoint.recent.map((path) => new Option("", path)));
    document.querySelector("#search-help").textContent = note || HELP;
    document.querySelector("#recent-title").textContent = text ? "Found in Akeneo" : "Asked for last";
    const list = document.querySelector("#recent ul");
    list.replaceChildren(...paths.slice(0, text ? MOST : 12).map((path) => this.item(endpoint, path)));
    document.querySelector("#recent").hidden = paths.length === 0;
  }

  item(endpoint, path) {
    const name = path.split("/").at(-1).replace(/^[0-9a-f]{40}_/, "");
    const source = path.split("/").map(encodeURIComponent).join("/");
    const url = `${endpoint.base}/${endpoint.named_only ? "" : "tr:w-96,h-96/"}${source}`;
    const picture = Object.assign(new Image(64, 64), { src: server.previewOf(url), alt: "", loading: "lazy" });
    const button = Object.assign(document.createElement("button"), { type: "button", title: name });
    button.append(picture, Object.assign(document.createElement("span"), { textContent: name }));
    button.addEventListener("click", () => this.chosen({ source }));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}
