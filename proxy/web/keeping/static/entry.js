// One entry of the catalogue, with all its pictures.

import { Card, buttons, element } from "/catalogue/card.js";

export class Entry {
  constructor(facts, refresh) {
    this.facts = facts;
    this.cards = facts.pictures.map((picture) => new Card(picture, (card, originals) => refresh(this, [card], originals)));
    const name = `${facts.kind} ${facts.owner ? `${facts.owner}/` : ""}${facts.code}`;
    const title = element("h2", {}, element("span", { textContent: `${facts.kind} ` }), name.slice(facts.kind.length + 1));
    if (facts.family) title.append(element("span", { textContent: ` of family ${facts.family}` }));
    const head = element("header", {}, title);
    if (this.paths.length) {
      const all = buttons(`of ${name}`, (originals) => refresh(this, this.cards, originals), ["Refresh all", "Fetch all originals anew"]);
      head.append(element("div", {}, ...all));
    }
    this.node = element("section", { className: "entry" }, head, ...this.notes(), element("ul", { className: "cards" }, ...this.cards.map(({ node }) => node)));
    this.node.setAttribute("aria-label", name);
    if (!this.cards.length) this.node.lastChild.replaceWith(element("p", { textContent: "It has no pictures." }));
  }

  get paths() {
    return pathsOf(this.cards);
  }

  notes() {
    const more = this.facts.more ? [`${this.facts.more} more are not shown here.`] : [];
    return [...this.facts.problems, ...more].map((textContent) => element("p", { className: "notice", textContent }));
  }
}

export const pathsOf = (cards) => [...new Set(cards.map(({ picture }) => picture.path).filter(Boolean))];
