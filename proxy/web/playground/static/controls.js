// The form: one control for each parameter, with a slider or a colour picker beside some.

import { find, put, readItem } from "./steps.js";

const SIX = /^[0-9a-f]{6}$/i;

export class Controls {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed; // called with a function from the old step to the new one
    this.controls = [...form.querySelectorAll("[data-key]")];
    this.companions = [...form.querySelectorAll("[data-for]")];
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => this.heard(event.target));
  }

  heard(element) {
    const companion = element.dataset.for;
    const control = companion ? this.form.querySelector(`#${companion}`) : element.closest("[data-key]");
    if (!control) return;
    if (companion) control.value = fromCompanion(element, control);
    else this.follow(control);
    this.showWindow();
    this.changed((step) => stored(step, control));
  }

  show(step) {
    for (const control of this.controls) {
      if (control !== document.activeElement) write(control, step);
      this.follow(control);
    }
    this.showWindow();
  }

  showWindow() {
    const extracts = this.form.querySelector("#crop").value === "cm-extract";
    this.form.querySelector("#window").hidden = !extracts;
  }

  follow(control) {
    for (const companion of this.companions) {
      if (companion.dataset.for !== control.id) continue;
      if (companion.type === "range") companion.value = Number(control.value) || neutral(companion, control);
      else if (SIX.test(colourOf(control))) companion.value = `#${colourOf(control).toLowerCase()}`;
    }
  }

  // At the control of the part that is wrong; nothing is wrong with a part of null.
  complain(part, message) {
    this.form.querySelectorAll(".problem").forEach((problem) => problem.remove());
    const keys = part === null ? [] : [readItem(part).key];
    for (const control of this.controls) {
      const wrong = control.dataset.key.split(" ").some((key) => keys.includes(key));
      control.toggleAttribute("aria-invalid", false);
      control.removeAttribute("aria-describedby");
      if (!wrong || control.type === "checkbox") continue;
      const problem = Object.assign(document.createElement("p"), { className: "problem", textContent: message });
      problem.id = `problem-${keys[0]}`;
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", problem.id);
      control.parentElement.append(problem);
    }
  }
}

function fromCompanion(companion, control) {
  if (companion.type === "range") return Number(companion.value) === resting(companion, control) ? "" : companion.value;
  const colour = companion.value.slice(1).toUpperCase();
  if (control.id !== "b") return colour;
  return `${parseInt(control.value, 10) || 5}_${colour}`;
}

// Where a slider says nothing: no blur, full opacity. One of sizes or quality always says something.
const resting = (range, control) => (["q", "w", "h"].includes(control.id) ? NaN : neutral(range, control));

const neutral = (range, control) => ({ q: 80, o: 100, w: 600, h: 400 })[control.id] ?? Math.max(0, Number(range.min));

const colourOf = (control) => (control.id === "b" ? control.value.split("_")[1] ?? "" : control.value);

function stored(step, control) {
  const keys = control.dataset.key.split(" ");
  const value = read(control);
  if (keys.length === 1) return put(step, keys[0], value);
  const bare = keys.reduce((rest, key) => put(rest, key, null), step);
  if (value === null) return bare;
  const { key, value: mode } = readItem(value);
  const kept = keys.find((old) => find(step, old)); // at the place that the other key had
  return kept && kept !== key ? put(rename(step, kept, key), key, mode) : put(kept ? step : bare, key, mode);
}

const rename = (step, from, to) => step.map((item) => (item.key === from ? { ...item, key: to } : item));

// Null where nothing is said.
function read(control) {
  if (control.type === "checkbox") return control.checked ? (control.getAttribute("value") ?? "") : null;
  if (control.tagName === "FIELDSET") return control.querySelector("input:checked")?.value || null;
  const value = control.value.trim();
  if (value === "") return null;
  return "signed" in control.dataset ? value.replace(/^-/, "N") : value;
}

function write(control, step) {
  const items = control.dataset.key.split(" ").map((key) => find(step, key)).filter(Boolean);
  const item = items.at(-1);
  const value = item?.value ?? "";
  if (control.type === "checkbox") control.checked = item !== undefined && value !== "false";
  else if (control.tagName === "FIELDSET") choose(control, value);
  else if (control.tagName === "SELECT") select(control, item ? (items.length && control.id === "crop" ? item.text : value) : "");
  else control.value = "signed" in control.dataset ? value.replace(/^N/i, "-") : flag(item, value);
}

const flag = (item, value) => (item !== undefined && value === "" && item.key.startsWith("e-") ? "true" : value);

function choose(fieldset, value) {
  for (const radio of fieldset.querySelectorAll("input")) radio.checked = radio.value === (value === "center" ? "" : value);
}

// A value that the list lacks is added to it, so that the control never says anything but the URL.
function select(control, value) {
  const wanted = { "c-maintain_ratio": "", "cm-maintain_ratio": "", jpeg: "jpg" }[value] ?? value;
  const swapped = wanted.startsWith("c-") ? wanted.replace("c-", "cm-") : wanted.replace(/^cm-/, "c-");
  const options = [...control.options].map((option) => option.value);
  if (options.includes(wanted)) control.value = wanted;
  else if (control.id === "crop" && options.includes(swapped)) control.value = swapped;
  else {
    control.add(new Option(wanted, wanted));
    control.value = wanted;
  }
}
