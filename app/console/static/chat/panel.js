/* Beside the talk: what the model is sent, and what is remembered. One at a time, or neither. */

import { h } from "../dom.js";
import { ContextPanel } from "./context-panel.js";
import { MemoryPanel } from "./memory-panel.js";

const REMEMBERED_MS = 2_000;
const KINDS = { context: ["Context", ContextPanel], memory: ["Memory", MemoryPanel] };

export class Panel {
  #conversation;
  #view = null;
  #kind = null;
  #later;
  #title = h("h2", { id: "panel-title", tabindex: -1 });
  #body = h("div", { class: "panel-body" });
  #buttons = new Map();
  element = h("aside", {
    class: "panel", id: "panel", hidden: true, "aria-labelledby": "panel-title",
  },
  h("header", { class: "panel-head" },
    this.#title,
    h("button", {
      type: "button", "aria-label": "Close the panel", onclick: () => this.toggle(null),
    }, "×")),
  this.#body);

  constructor(conversation, kind) {
    this.#conversation = conversation;
    for (const [name, [label]] of Object.entries(KINDS)) {
      this.#buttons.set(name, h("button", {
        type: "button", "aria-controls": "panel", "aria-expanded": "false",
        onclick: () => this.toggle(this.#kind === name ? null : name),
      }, label));
    }
    if (kind) this.#open(kind);
  }

  /** What is open, to be so in the next conversation too. */
  get kind() {
    return this.#kind;
  }

  get buttons() {
    return [...this.#buttons.values()];
  }

  toggle(kind) {
    const before = this.#kind;
    this.#open(kind);
    if (kind) this.#title.focus({ preventScroll: true });
    else this.#buttons.get(before)?.focus();
  }

  #open(kind) {
    this.#kind = kind;
    this.element.hidden = !kind;
    for (const [name, button] of this.#buttons) button.ariaExpanded = String(name === kind);
    this.#view = null;
    if (!kind) return this.#body.replaceChildren();
    const [label, View] = KINDS[kind];
    this.#title.textContent = label;
    this.#view = new View(this.#conversation);
    this.#body.replaceChildren(this.#view.element);
    this.refresh();
  }

  /** Reads anew what is shown. */
  refresh() {
    this.#view?.read();
  }

  /** The same after a turn, and once more when what it is remembered by has had its time. */
  turned() {
    this.refresh();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.refresh(), REMEMBERED_MS);
  }

  close() {
    clearTimeout(this.#later);
  }
}
