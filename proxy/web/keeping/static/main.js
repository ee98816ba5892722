// The page: what is searched for, what was found, and what follows from a press of "Refresh".

import { Entry, pathsOf } from "/catalogue/entry.js";
import * as server from "/shared/server.js";

const PAUSE = 500; // milliseconds after a key, before Akeneo is asked
const SHORTEST = 2;
const PRESETS = ["w-400,h-400,c-at_max", "w-300,h-300", "w-800,c-at_max", "w-160,h-160,cm-pad_resize,bg-FFFFFF"];
const search = document.querySelector("#search");
const transformation = document.querySelector("#transformation");
const chooser = document.querySelector("#connection");
const found = document.querySelector("#found");

let choices = []; // an endpoint with one of its connections
let entries = [];
let connection = ""; // that they are from
let timer = 0;
let asking = new AbortController();

const choice = () => choices[chooser.selectedIndex];

async function find() {
  begin();
  const { signal } = asking;
  const text = search.value.trim();
  remember();
  if (!text || !choice()) return clear(text ? "No endpoint has an Akeneo behind it." : "");
  say("Asking Akeneo …");
  try {
    const answer = await server.pictures(text, choice(), signal);
    if (signal.aborted) return;
    show(answer, text);
  } catch (error) {
    if (!signal.aborted) clear(error.message, true);
  }
}

function show(answer, text) {
  connection = answer.connection;
  entries = answer.entries.map((facts) => new Entry(facts, refresh));
  found.replaceChildren(...entries.map(({ node }) => node));
  if (!entries.length) return say(`Akeneo has no product, model, asset or record called ${text}.`);
  const count = entries.reduce((sum, { cards }) => sum + cards.length, 0);
  say([`${count} picture${count === 1 ? "" : "s"}.`, ...answer.problems].join(" "), answer.problems.length > 0);
  draw(entries.flatMap(({ cards }) => cards));
}

const draw = (cards) => Promise.all(cards.map((card) => card.show(addressOf(card.picture.path), asking.signal)));

function addressOf(path) {
  const step = transformation.value.trim();
  return `${choice().base}/${step ? `tr:${encodeURI(step).replace(/[?#]/g, encodeURIComponent)}/` : ""}${path}`;
}

// Purged first; then the entry is looked up anew, since another picture may stand in its place by now.
async function refresh(entry, cards, originals) {
  clearTimeout(timer);
  const before = found.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  say(originals ? "Fetching anew …" : "Refreshing …");
  try {
    await server.refresh({ paths: pathsOf(cards), sources: entry.facts.sources, connection, originals });
    await find();
    say(`${originals ? "Fetched" : "Drawn"} anew. ${document.querySelector("#status").textContent}`);
  } catch (error) {
    say(error.message, true);
  }
  if (before) [...found.querySelectorAll("button")].find((it) => it.getAttribute("aria-label") === before)?.focus();
}

function begin() {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
}

function clear(message, wrong = false) {
  entries = [];
  found.replaceChildren();
  say(message, wrong);
}

function say(message, wrong = false) {
  const status = document.querySelector("#status");
  status.textContent = message;
  status.classList.toggle("problem", wrong);
}

function remember() {
  const facts = { search: search.value.trim(), tr: transformation.value.trim() };
  history.replaceState(null, "", `#${new URLSearchParams(facts)}`);
}

// Of the endpoint: its named transformations, which may be all that it answers.
function offer() {
  const { named_transformations: names = [], named_only: only = false } = choice() ?? {};
  const named = names.map((name) => `n-${name}`);
  const all = only ? named : [...PRESETS, ...named];
  document.querySelector("#transformations").replaceChildren(...all.map((value) => new Option("", value)));
  if (!transformation.value || (only && !named.includes(transformation.value))) transformation.value = all[0] ?? "";
}

function listen() {
  document.querySelector("#finder").addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    const { length } = search.value.trim();
    if (length === 0 || length >= SHORTEST) timer = setTimeout(find, PAUSE);
  });
  transformation.addEventListener("input", () => {
    begin();
    timer = setTimeout(() => {
      remember();
      draw(entries.flatMap(({ cards }) => cards));
    }, PAUSE);
  });
  chooser.addEventListener("change", () => {
    offer();
    find();
  });
  window.addEventListener("hashchange", () => {
    if (recall()) find();
  });
}

// Whether the address says something else than the page.
function recall() {
  const said = new URLSearchParams(location.hash.slice(1));
  const before = [search.value, transformation.value].join("\n");
  search.value = said.get("search") ?? search.value;
  transformation.value = said.get("tr") ?? transformation.value;
  return before !== [search.value, transformation.value].join("\n");
}

async function start() {
  listen();
  recall();
  try {
    const endpoints = await server.endpoints();
    choices = endpoints.flatMap((endpoint) => endpoint.connections.map((connection) => ({ ...endpoint, connection })));
  } catch (error) {
    return say(error.message, true);
  }
  const several = new Set(choices.map(({ connection }) => connection)).size > 1;
  chooser.replaceChildren(...choices.map(({ base, connection }) => new Option(several ? `${connection} at ${base}` : base)));
  chooser.parentElement.hidden = choices.length < 2;
  offer();
  if (search.value) find();
}

await start();
document.documentElement.dataset.ready = "";
