// The page: a URL, its steps, and what follows when either changes.

import { readAddress, writeAddress } from "/shared/address.js";
import { Controls } from "./controls.js";
import { Copying } from "./copying.js";
import { Picture } from "./picture.js";
import { showProblems } from "./problems.js";
import { Result } from "./result.js";
import * as server from "/shared/server.js";
import { readSteps, writeSteps } from "./steps.js";

const PAUSE = { slide: 60, type: 250 }; // milliseconds, before the server is asked
const field = document.querySelector("#url");
const chooser = document.querySelector("#endpoint");
const accept = document.querySelector("#accept");

let endpoints = [];
let address = null;
let steps = [[]];
let current = 0;
let timer = 0;
let problem = null; // of the URL, as the server explains it

const copying = new Copying();
const picture = new Picture(choose);
const controls = new Controls(document.querySelector("#controls"), (change) => {
  steps = steps.map((step, index) => (index === current ? change(step) : step));
  written(PAUSE.slide);
});
const result = new Result({ problem: complain, settled: (width) => copying.update({ width }) });

const endpoint = () => endpoints[chooser.selectedIndex];

function choose({ url, source }) {
  if (url) return read(url);
  const base = address?.base ?? endpoint()?.base;
  address = { query: [], inQuery: false, ...address, base, source };
  written(0);
}

// The URL leads: controls follow.
function read(url, pause = 0) {
  const next = readAddress(url, endpoints.map(({ base }) => base));
  if (next === null) {
    complain({ error: { message: "expected a whole URL, http://host/..." } });
    return;
  }
  address = next;
  steps = readSteps(next.transformation);
  current = Math.min(current, steps.length - 1);
  if (field.value !== url) field.value = url;
  followEndpoint();
  shown();
  ask(url, pause);
}

// The controls lead: the URL follows.
function written(pause) {
  showSteps();
  if (!address) return;
  address = { ...address, transformation: writeSteps(steps) };
  field.value = writeAddress(address);
  shown();
  ask(field.value, pause);
}

function shown() {
  controls.show(steps[current]);
  showSteps();
  picture.show(address.source);
  copying.update({ address, signs: endpoint()?.signs ?? false });
}

function ask(url, pause) {
  history.replaceState(null, "", `#${new URLSearchParams({ url })}`);
  clearTimeout(timer);
  const asked = address;
  timer = setTimeout(() => result.ask(url, asked, accept.value, endpoint()?.named_only ?? false), pause);
}

function complain(facts) {
  problem = facts.error ?? null;
  showProblems(document.querySelector("#url-problem"), field.value, facts);
  field.setAttribute("aria-invalid", problem ? "true" : "false");
  complainInStep();
}

// At the control of the part that is wrong, or at the number of the step that it stands in.
function complainInStep() {
  const part = problem?.part ?? null;
  const wrong = part === null ? -1 : steps.findIndex((step) => step.some((item) => item.text === part));
  controls.complain(wrong === current ? part : null, `Expected ${problem?.expected ?? "something else"}.`);
  [...document.querySelectorAll("#steps label")].forEach((label, index) => {
    label.classList.toggle("wrong", index === wrong);
    label.querySelector("input").setAttribute("aria-label", `Step ${index + 1}${index === wrong ? ", with a mistake" : ""}`);
  });
}

function showSteps() {
  const place = document.querySelector("#steps span");
  if (place.children.length !== steps.length) place.replaceChildren(...steps.map((_, index) => stepButton(index)));
  [...place.querySelectorAll("input")].forEach((radio, index) => (radio.checked = index === current));
  document.querySelector("#remove-step").disabled = steps.length < 2;
  const kept = steps[current].filter((item) => item.key === null).map((item) => item.text);
  const note = document.querySelector("#kept");
  note.hidden = kept.length === 0;
  note.textContent = `Kept as it is: ${kept.join("; ")}`;
}

function stepButton(index) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "step", value: index });
  radio.addEventListener("change", () => goTo(index));
  label.append(radio, ` ${index + 1}`);
  return label;
}

function goTo(index) {
  current = index;
  controls.show(steps[current]);
  showSteps();
  complainInStep();
}

// A step that nothing is said in is no part of the URL yet.
function restep(next, index) {
  steps = next;
  goTo(index);
  written(PAUSE.slide);
}

function followEndpoint() {
  const path = (url) => `${url.replace(/^https?:\/\/[^/]+/i, "")}/`;
  const host = (url) => /^https?:\/\/([^/:]+)/i.exec(url)?.[1];
  const fits = (it) => path(address.base).startsWith(path(it.base));
  const best = [...endpoints.keys()].filter((index) => fits(endpoints[index]));
  const rank = (index) => [host(endpoints[index].base) === host(address.base) ? 1 : 0, endpoints[index].base.length];
  best.sort((one, other) => rank(other)[0] - rank(one)[0] || rank(other)[1] - rank(one)[1]);
  if (best.length && best[0] !== chooser.selectedIndex) {
    chooser.selectedIndex = best[0];
    showEndpoint();
  }
}

function showEndpoint() {
  const { named_transformations: names } = endpoint();
  document.querySelector("#n").replaceChildren(new Option("none", ""), ...names.map((name) => new Option(name)));
  document.querySelector("#named").hidden = names.length === 0;
  picture.offer(endpoint());
}

async function start() {
  listen();
  goTo(0);
  const wanted = new URLSearchParams(location.hash.slice(1)).get("url");
  if (wanted) read(wanted);
  try {
    endpoints = await server.endpoints();
  } catch (error) {
    complain({ error: { message: error.message } });
    return;
  }
  chooser.replaceChildren(...endpoints.map(({ base }) => new Option(base)));
  chooser.parentElement.hidden = endpoints.length < 2;
  if (endpoints.length) showEndpoint();
  if (address) {
    followEndpoint();
    copying.update({ signs: endpoint().signs });
  }
}

function listen() {
  field.addEventListener("input", () => read(field.value, PAUSE.type));
  accept.addEventListener("change", () => address && ask(field.value, 0));
  document.querySelector("#again").addEventListener("click", () => address && ask(field.value, 0));
  document.querySelector("#add-step").addEventListener("click", () => restep([...steps, []], steps.length));
  document.querySelector("#remove-step").addEventListener("click", () =>
    restep(steps.filter((_, index) => index !== current), Math.max(0, current - 1)));
  document.querySelector("#reset").addEventListener("click", () => restep([[]], 0));
  window.addEventListener("hashchange", () => {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("url");
    if (wanted && wanted !== field.value) read(wanted);
  });
  chooser.addEventListener("change", () => {
    showEndpoint();
    if (!address) return;
    address = { ...address, base: endpoint().base };
    written(0);
  });
}

start();
document.documentElement.dataset.ready = "";
