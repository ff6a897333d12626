/* What a person may do in a running room: speak for the buyer, and end it. */

import { bdi, h } from "./dom.js";
import { clearFaults, field, options, showFaults } from "./fields.js";
import { money, number } from "./format.js";
import { Notes } from "./notes.js";

const LONGEST = 1000;

/** A line of text in the buyer's name, with the sellers' names at hand. */
export function composer(room, send) {
  const notes = new Notes();
  const text = h("textarea", {
    id: "say", rows: 1, maxlength: LONGEST, dir: "auto", placeholder: "Say something for the buyer…",
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    },
  });
  const mention = ({ name, lane }) => h("button", {
    type: "button", class: "mention", "data-lane": lane,
    onclick: () => {
      text.setRangeText(`@${name} `, text.selectionStart, text.selectionEnd, "end");
      text.focus();
    },
  }, h("span", {}, "@", bdi(name)));
  const submit = async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    try {
      await send(text.value.trim());
      text.value = "";
      notes.clear();
    } catch (error) {
      notes.show(error, []);
    }
  };
  const form = h("form", { class: "composer", novalidate: true, onsubmit: submit },
    h("div", { class: "composer-names", role: "group", "aria-label": "Address a seller" }, room.sellers.map(mention)),
    h("div", { class: "composer-line" },
      h("label", { class: "visually-hidden", for: "say" }, "Message for the buyer"),
      text,
      h("button", { class: "primary" }, "Send")),
    notes.element);
  return form;
}

const CHOICES = [["deal", "Make a deal"], ["no_deal", "Walk away"]];

/** Asks how the negotiation shall end, and has it end so. */
export class DecisionDialog {
  #room;
  #decide;
  #notes = new Notes();
  #terms;
  #form;

  constructor(room, decide) {
    this.#room = room;
    this.#decide = decide;
    this.#terms = this.#deal();
    this.#form = this.#draw();
    this.element = h("dialog", { class: "decide", "aria-labelledby": "decide-title", onclose: () => this.element.remove() }, this.#form);
  }

  open() {
    document.body.append(this.element);
    this.element.showModal();
  }

  #draw() {
    return h("form", { novalidate: true, onsubmit: (event) => this.#send(event) },
      h("h2", { id: "decide-title" }, "Decide now"),
      h("p", { class: "quiet" }, "This ends the negotiation at once."),
      h("fieldset", { class: "choices" },
        h("legend", { class: "visually-hidden" }, "Decision"),
        CHOICES.map(([value, title]) => h("label", { class: "choice" },
          h("input", { type: "radio", name: "decision_type", value, checked: value === "deal", onchange: () => { this.#terms.hidden = value !== "deal"; } }),
          h("span", {}, title)))),
      this.#terms,
      field("Reason, if you like", "decision_reason", h("input", { name: "decision_reason", type: "text", maxlength: 500, dir: "auto" })),
      this.#notes.element,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => this.element.close() }, "Cancel"),
        h("button", { class: "primary" }, "Decide")));
  }

  #deal() {
    const { sellers, min, max, quantity } = this.#room;
    const offer = this.#room.best() ?? this.#room.ranking()[0] ?? { price: max, quantity };
    const seller = h("select", { name: "selected_seller_id" },
      options(sellers.map(({ id, name }) => [id, name]), offer.seller));
    const price = h("input", { name: "final_price_per_unit", type: "number", step: "any", value: Math.min(offer.price, max) });
    const units = h("input", { name: "quantity", type: "number", value: Math.min(offer.quantity, quantity) });
    return h("fieldset", { class: "deal-terms" },
      h("legend", { class: "visually-hidden" }, "Terms of the deal"),
      field("Seller", "selected_seller_id", seller),
      h("div", { class: "pair" },
        field("Price each, $", "final_price_per_unit", price, { hint: `${money(min)} to ${money(max)}` }),
        field("Quantity", "quantity", units, { hint: `up to ${number(quantity)}` })));
  }

  async #send(event) {
    event.preventDefault();
    this.#notes.clear();
    clearFaults(this.#form);
    try {
      await this.#decide(choice(Object.fromEntries(new FormData(this.#form))));
      this.element.close();
    } catch (error) {
      this.#notes.show(error, showFaults(this.#form, error.details));
    }
  }
}

function choice({ decision_type, decision_reason, ...terms }) {
  return {
    decision_type,
    ...(decision_type === "deal" ? terms : {}),
    ...(decision_reason ? { decision_reason } : {}),
  };
}
