/* The offers on the table, cheapest first, with the best one marked. */

import { bdi, h } from "./dom.js";
import { number, shortMoney, total } from "./format.js";
import { avatar } from "./transcript.js";

const HEADS = ["Seller", "Price each", "Mark"];

export class Board {
  #room;
  #rows = h("tbody");
  element = h("table", { class: "board" },
    h("caption", {}, "Offers on the table"),
    h("thead", { class: "visually-hidden" },
      h("tr", {}, HEADS.map((title) => h("th", { scope: "col" }, title)))),
    this.#rows);

  constructor(room) {
    this.#room = room;
    this.update();
  }

  update() {
    const ranking = this.#room.ranking();
    const silent = this.#room.sellers.filter(({ id }) => !this.#room.offers.has(id));
    this.#rows.replaceChildren(
      ...ranking.map((offer) => this.#offer(offer)),
      ...silent.map((seller) => this.#silent(seller)));
  }

  #offer(offer) {
    const room = this.#room;
    const seller = room.seller(offer.seller) ?? { name: "?", lane: 0 };
    const sold = room.outcome?.deal && room.outcome.seller === offer.seller;
    const best = !room.outcome && room.best()?.seller === offer.seller;
    return h("tr", { class: sold ? "sold" : best ? "best" : offer.allowed ? "" : "barred" },
      this.#who(seller),
      h("td", { class: "figure" },
        h("b", {}, shortMoney(offer.price)),
        h("small", {}, `${number(offer.quantity)} for ${total(offer.price, offer.quantity)}`)),
      h("td", { class: "mark" }, this.#mark(offer, sold, best)));
  }

  #who(seller) {
    return h("th", { scope: "row" },
      h("span", { class: "seat" }, avatar(seller), bdi(seller.name, { class: "name" })));
  }

  #mark(offer, sold, best) {
    if (sold) return h("span", { class: "badge sold" }, "Deal");
    if (best) return h("span", { class: "badge best" }, "Best");
    if (offer.price > this.#room.max) return h("span", { class: "badge barred" }, "Over limit");
    if (offer.price < this.#room.min) return h("span", { class: "badge barred" }, "Under limit");
    return null;
  }

  #silent(seller) {
    const { initialPrice: price } = seller;
    const word = price == null ? "No offer yet" : h("small", {}, `lists at ${shortMoney(price)}`);
    return h("tr", { class: "silent" },
      this.#who(seller), h("td", { class: "figure" }, word), h("td"));
  }
}
