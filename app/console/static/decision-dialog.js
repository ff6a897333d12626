/* Asks how a running negotiation shall end, and has it end so. */

import { h } from "./dom.js";
import { clearFaults, field, options, showFaults } from "./fields.js";
import { money, number } from "./format.js";
import { Notes } from "./notes.js";

const CHOICES = [["deal", "Make a deal"], ["no_deal", "Walk away"]];

export class DecisionDialog {
  #room;
  #decide;
  #notes = new Notes();
  #terms;
  #form;

  /** `decide(choice)` is called with the fields of `POST …/decide`. */
  constructor(room, decide) {
    this.#room = room;
    this.#decide = decide;
    this.#terms = this.#deal();
    this.#form = this.#layout();
    const onclose = () => this.element.remove();
    this.element = h("dialog", { "aria-labelledby": "decide-title", onclose }, this.#form);
  }

  open() {
    document.body.append(this.element);
    this.element.showModal();
  }

  #layout() {
    const name = "decision_reason";
    const reason = h("input", { name, type: "text", maxlength: 500, dir: "auto" });
    return h("form", { novalidate: true, onsubmit: (event) => this.#send(event) },
      h("h2", { id: "decide-title" }, "Decide now"),
      h("p", { class: "quiet" }, "This ends the negotiation at once."),
      h("fieldset", { class: "choices" },
        h("legend", { class: "visually-hidden" }, "Decision"),
        CHOICES.map(([value, title]) => this.#choice(value, title))),
      this.#terms,
      field("Reason, if you like", name, reason),
      this.#notes.element,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => this.element.close() }, "Cancel"),
        h("button", { class: "primary" }, "Decide")));
  }

  #choice(value, title) {
    const onchange = () => {
      this.#terms.hidden = value !== "deal";
    };
    const checked = value === "deal";
    return h("label", { class: "choice" },
      h("input", { type: "radio", name: "decision_type", value, checked, onchange }),
      h("span", {}, title));
  }

  /** The terms, beginning with those of the best offer. */
  #deal() {
    const { sellers, min, max, quantity } = this.#room;
    const offer = this.#room.best() ?? this.#room.ranking()[0] ?? { price: max, quantity };
    const seller = h("select", { name: "selected_seller_id" },
      options(sellers.map(({ id, name }) => [id, name]), offer.seller));
    const numeric = (name, value) => h("input", { name, type: "number", step: "any", value });
    const price = numeric("final_price_per_unit", Math.min(offer.price, max));
    const units = numeric("quantity", Math.min(offer.quantity, quantity));
    const range = `${money(min)} to ${money(max)}`;
    return h("fieldset", { class: "deal-terms" },
      h("legend", { class: "visually-hidden" }, "Terms of the deal"),
      field("Seller", "selected_seller_id", seller),
      h("div", { class: "pair" },
        field("Price each, $", "final_price_per_unit", price, { hint: range }),
        field("Quantity", "quantity", units, { hint: `up to ${number(quantity)}` })));
  }

  async #send(event) {
    event.preventDefault();
    this.#notes.clear();
    clearFaults(this.#form);
    try {
      await this.#decide(choiceOf(Object.fromEntries(new FormData(this.#form))));
      this.element.close();
    } catch (error) {
      this.#notes.show(error, showFaults(this.#form, error.details));
    }
  }
}

function choiceOf({ decision_type, decision_reason, ...terms }) {
  return {
    decision_type,
    ...(decision_type === "deal" ? terms : {}),
    ...(decision_reason ? { decision_reason } : {}),
  };
}
