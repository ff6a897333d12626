/* The form that a market is opened with: pick a sample, change what you like. */

import { initialize } from "./api.js";
import { h, write } from "./dom.js";
import { draftOf, put, requestOf } from "./draft.js";
import { clearFaults, fault, showFaults } from "./fields.js";
import { FormParts } from "./form-parts.js";
import { buyerSection, playSection, sellersSection } from "./form-sections.js";
import { plural } from "./format.js";
import { Notes } from "./notes.js";
import { samples } from "./samples.js";

const LEAD = "One buyer, up to ten sellers. Every item on the list gets a room of its own, and " +
  "in it the agents bargain until there is a deal or the time runs out.";

export class Editor {
  #llm;
  #opened;
  #draft;
  #notes = new Notes();
  #body = h("div", { class: "editor-body" });
  #submit = h("button", { class: "primary large" }, "Open the market");

  /** `llm` as the status tells it; `opened(answer, startAll)` gets what `initialize` answered. */
  constructor(llm, opened) {
    this.#llm = llm;
    this.#opened = opened;
    this.#draft = draftOf(samples[0], llm);
    this.element = this.#layout();
    this.#draw();
  }

  #layout() {
    const typed = ({ target }) => this.#typed(target);
    const events = { onsubmit: (event) => this.#send(event), oninput: typed, onchange: typed };
    return h("form", { class: "editor", novalidate: true, ...events },
      h("header", { class: "opening" },
        h("div", {}, h("h1", { tabindex: -1 }, "Open a market"), h("p", { class: "lead" }, LEAD)),
        h("img", { src: "/console/opening.svg", alt: "", width: 280, height: 130 })),
      h("fieldset", { class: "samples" },
        h("legend", {}, "Begin with a sample"),
        samples.map((sample, index) => this.#sample(sample, index === 0))),
      this.#body,
      h("div", { class: "editor-foot" },
        this.#notes.element,
        h("div", { class: "editor-send" },
          h("label", { class: "check" },
            h("input", { type: "checkbox", checked: true, "data-field": "start_all" }),
            h("span", {}, "Start every room at once")),
          this.#submit)));
  }

  #sample(sample, checked) {
    const { title, text, market } = sample;
    const items = plural(market.buyer.shopping_list.length, "item");
    const onchange = () => this.#pick(sample);
    return h("label", { class: "sample" },
      h("input", { type: "radio", name: "sample", checked, onchange }),
      h("b", {}, title),
      h("span", {}, text),
      h("small", {}, `${items}, ${plural(market.sellers.length, "seller")}`));
  }

  #pick(sample) {
    this.#draft = draftOf(sample, this.#llm, this.#draft);
    this.#notes.clear();
    this.#draw();
  }

  /** Draws the sections from the draft; what was folded open stays so. */
  #draw() {
    const open = [...this.#body.querySelectorAll("details[open]")].map(({ id }) => id);
    const parts = new FormParts(this.#draft, () => this.#draw());
    this.#body.replaceChildren(
      buyerSection(parts, this.#draft),
      sellersSection(parts, this.#draft),
      playSection(parts, this.#llm));
    for (const details of this.#body.querySelectorAll("details")) {
      details.open = open.includes(details.id);
    }
    return this.#body;
  }

  #typed(input) {
    const path = input.dataset.field;
    if (!path) return;
    put(this.#draft, path, valueOf(input));
    fault(input, "");
    if (/^sellers\.\d+\.name$/.test(path)) {
      write(input.closest("details").querySelector("summary bdi"), input.value || "New seller");
    }
  }

  async #send(event) {
    event.preventDefault();
    this.#notes.clear();
    clearFaults(this.element);
    this.#submit.disabled = true;
    try {
      await this.#opened(await initialize(requestOf(this.#draft)), this.#draft.start_all);
    } catch (error) {
      this.#notes.show(error, showFaults(this.element, error.details));
    } finally {
      this.#submit.disabled = false;
    }
  }
}

function valueOf({ type, value, checked }) {
  if (type === "checkbox") return checked;
  if (type === "number") return value === "" ? null : Number(value);
  return value;
}
