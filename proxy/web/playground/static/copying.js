// The panel below: in which words the URL is copied, and its signature.

import { writeAddress } from "/shared/address.js";
import * as server from "/shared/server.js";
import { snippet } from "./snippets.js";

export class Copying {
  constructor() {
    this.address = null;
    this.width = null;
    this.signs = false;
    this.text = document.querySelector("#snippet");
    document.querySelector("#kinds").addEventListener("change", () => this.show());
    document.querySelector("#sign").addEventListener("click", () => this.sign());
    document.querySelector("#copy").addEventListener("click", () => this.copy());
  }

  get kind() {
    return document.querySelector("input[name=kind]:checked").value;
  }

  update({ address = this.address, width = this.width, signs = this.signs }) {
    Object.assign(this, { address, width, signs });
    this.show();
  }

  show() {
    document.querySelector("#copied").textContent = "";
    const signed = this.kind === "signed";
    document.querySelector("#signing").hidden = !signed;
    document.querySelector("#sign").disabled = !this.signs || this.address === null;
    document.querySelector("#sign-help").textContent = this.signs ? "" : "This endpoint has no key: MEDIA_PROXY_SIGNING__PRIVATE_KEY is not set.";
    this.text.value = this.address === null || signed ? "" : this.written();
    this.text.rows = Math.min(16, Math.max(3, this.text.value.split("\n").length + 1));
  }

  written() {
    return this.kind === "url" ? writeAddress(this.address) : snippet(this.kind, this.address, this.width);
  }

  async sign() {
    const seconds = Number(document.querySelector("#expires").value) || null;
    const help = document.querySelector("#sign-help");
    try {
      const { url } = await server.sign(writeAddress(this.address), seconds);
      this.text.value = url;
      help.textContent = "Signed.";
    } catch (error) {
      help.textContent = error.message;
    }
  }

  async copy() {
    const said = document.querySelector("#copied");
    if (this.text.value === "") said.textContent = "There is nothing to copy yet.";
    else said.textContent = (await copied(this.text)) ? "Copied." : "Selected: copy it with your keyboard.";
  }
}

// Without TLS, elsewhere than on loopback, a browser has no clipboard for pages.
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
