/* The outcome of a room, once there is one. */

import { bdi, h } from "./dom.js";
import { money, number, total } from "./format.js";
import { reasonText, sentence } from "./words.js";

export class Verdict {
  element = h("div", { class: "outcome", role: "status" });
  #room;
  #drawn = null;

  constructor(room) {
    this.#room = room;
  }

  update() {
    const { outcome } = this.#room;
    if (outcome === this.#drawn) return;
    this.#drawn = outcome;
    this.element.replaceChildren(...(outcome ? [this.#card(outcome)] : []));
  }

  #card(outcome) {
    if (!outcome.deal) {
      return h("div", { class: "card verdict" },
        h("p", { class: "verdict-line" }, ...sentence(outcome, this.#room)),
        h("p", { class: "quiet", dir: "auto" }, reasonText(outcome.reason)));
    }
    const { name, price, quantity } = outcome;
    const saved = this.#room.max - price;
    return h("div", { class: "card verdict deal" },
      h("p", { class: "verdict-line" }, "Deal with ", bdi(name)),
      h("p", { class: "verdict-sum" }, total(price, quantity)),
      h("p", { class: "quiet" }, `${number(quantity)} at ${money(price)}`,
        saved > 0 && ` · ${total(saved, quantity)} under the limit`));
  }
}
