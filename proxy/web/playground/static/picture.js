// Which picture: a code, a path or a URL that is pasted, or one that was asked for last.

import { decoded, readAddress, sourceOf } from "./address.js";
import * as server from "./server.js";

// What is offered to choose from, as paths behind an endpoint. A search over the catalogue's products belongs here.
async function offered(endpoint) {
  return endpoint.recent;
}

export class Picture {
  constructor(chosen) {
    this.chosen = chosen; // called with {url} or {source}
    this.field = document.querySelector("#code");
    this.family = document.querySelector("#family");
    document.querySelector("#picture").addEventListener("submit", (event) => {
      event.preventDefault();
      this.take(this.field.value);
    });
    this.field.addEventListener("change", () => this.take(this.field.value));
  }

  take(text) {
    if (text.trim() === "") return;
    this.chosen(readAddress(text) ? { url: text.trim() } : { source: sourceOf(text, this.family.value) });
  }

  show(source) {
    if (this.field !== document.activeElement) this.field.value = decoded(source);
  }

  async offer(endpoint) {
    const paths = await offered(endpoint);
    document.querySelector("#recent-codes").replaceChildren(...paths.map((path) => new Option("", path)));
    const list = document.querySelector("#recent ul");
    list.replaceChildren(...paths.slice(0, 12).map((path) => this.item(endpoint, path)));
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
