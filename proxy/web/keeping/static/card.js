// One picture as the shop shows it, with its figures and what can be done about it. Akeneo's words are put in as text.

import { bytesOf, formatOf } from "/shared/figures.js";
import * as server from "/shared/server.js";

const BROWSER = "image/avif,image/webp,image/*,*/*;q=0.8"; // what a viewer of the shop accepts
const AT_ONCE = 4; // pictures that are asked for together
const CACHED = { HIT: "yes", MISS: "no, drawn just now", STALE: "yes, an older one: Akeneo is in trouble" };
const FIGURES = { code: "Code", pixels: "Pixels", bytes: "Size", format: "Format", cache: "Was cached" };
const waiting = [];
let running = 0;

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export class Card {
  constructor(picture, refresh) {
    this.picture = picture;
    this.title = picture.attribute || "image";
    this.ground = element("div", { className: "ground" });
    this.figures = {};
    this.link = element("a", { textContent: "Open in the playground" });
    const place = [picture.locale, picture.scope].filter(Boolean).join(" · ");
    this.named = [this.title, place, picture.asset && `of asset ${picture.asset.code}`].filter(Boolean).join(" ");
    const caption = element("figcaption", {}, element("h3", { textContent: this.title }), ...this.remarks(place));
    this.node = element("li", {}, element("figure", {}, caption, this.ground, this.body(refresh)));
  }

  remarks(place) {
    const { asset, inherited_from: model } = this.picture;
    const said = [place || "all locales and channels", asset && `asset ${asset.owner}/${asset.code}`].filter(Boolean);
    const remarks = [element("span", { textContent: said.join(" · ") })];
    if (model) remarks.push(element("span", { className: "inherited", textContent: `inherited from the model ${model}` }));
    return remarks;
  }

  body(refresh) {
    if (!this.picture.path) {
      this.say("A link to a file outside of Akeneo");
      return element("div", {}, element("dl", {}, element("dt", { textContent: "Link" }), element("dd", { textContent: this.picture.link })));
    }
    const list = element("dl");
    for (const [key, name] of Object.entries(FIGURES)) {
      this.figures[key] = element("dd", { textContent: "-" });
      list.append(element("dt", { textContent: name }), this.figures[key]);
    }
    this.figures.code.textContent = this.picture.path.split("/").slice(1).join("/");
    const deeds = element("div", { className: "deeds" }, ...buttons(this.named, (originals) => refresh(this, originals)), this.link);
    return element("div", {}, list, deeds);
  }

  // At that address; `signal` ends it when something else is to be shown.
  async show(url, signal) {
    if (!this.picture.path) return;
    this.link.href = `/#${new URLSearchParams({ url })}`;
    this.link.setAttribute("aria-label", `Open ${this.named} in the playground`);
    this.ground.setAttribute("aria-busy", "true");
    try {
      await turn(signal);
      await this.draw(await server.preview(url, BROWSER, signal).finally(done), signal);
    } catch (error) {
      if (!signal.aborted) this.fail(error.message);
    } finally {
      if (!signal.aborted) this.ground.removeAttribute("aria-busy");
    }
  }

  async draw(got, signal) {
    const size = got.type.startsWith("image/") ? await this.put(got.body, signal) : null;
    if (signal.aborted) return;
    if (!size) this.say(`No picture: ${got.type}`);
    this.fill({
      pixels: size ? `${size.naturalWidth} × ${size.naturalHeight}` : "-",
      bytes: bytesOf(got.body.size),
      format: size ? formatOf(got.type) : this.picture.name.split(".").at(-1).toUpperCase(),
      cache: CACHED[got.cache] ?? got.cache,
    });
    this.figures.cache.dataset.cache = got.cache;
  }

  // Null for what this browser does not show.
  async put(body, signal) {
    const address = URL.createObjectURL(body);
    const image = element("img", { src: address, alt: this.named });
    try {
      await image.decode();
      if (!signal.aborted) this.ground.replaceChildren(image);
      return image;
    } catch {
      return null;
    } finally {
      URL.revokeObjectURL(address); // it is decoded
    }
  }

  fail(message) {
    this.say(message);
    this.fill({ pixels: "-", bytes: "-", format: "-", cache: "-" });
    delete this.figures.cache.dataset.cache;
  }

  fill(figures) {
    for (const [key, value] of Object.entries(figures)) this.figures[key].textContent = value;
  }

  say(message) {
    this.ground.replaceChildren(element("p", { textContent: message }));
  }
}

// "Refresh" and its thorough brother, of what is named.
export function buttons(named, refresh, [shortly, thoroughly] = ["Refresh", "Fetch the original anew"]) {
  const button = (text, label, originals) => {
    const made = element("button", { type: "button", textContent: text, onclick: () => refresh(originals) });
    made.setAttribute("aria-label", label);
    return made;
  };
  return [
    button(shortly, `${shortly} ${named}`, false),
    button(thoroughly, `${thoroughly}: ${named}`, true),
  ];
}

function turn(signal) {
  if (running < AT_ONCE) {
    running += 1;
    return Promise.resolve();
  }
  return new Promise((go) => waiting.push(go)).then(() => {
    if (!signal.aborted) return;
    done();
    throw signal.reason;
  });
}

// The next one's turn.
function done() {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}
