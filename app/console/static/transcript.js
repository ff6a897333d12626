/* The talk of one room: each line is drawn once, new ones are added at the end. */

import { bdi, h } from "./dom.js";
import { initials, money, number } from "./format.js";
import { pieces } from "./mentions.js";
import { sentence } from "./words.js";

const CLOSE_TO_END = 180;

export class Transcript {
  #room;
  #lines = null;
  #drawn = 0;
  #list = h("ol", { class: "talk-lines", role: "log", "aria-label": "Conversation" });
  #pending = h("p", { class: "talk-pending", "aria-hidden": "true" });

  constructor(room) {
    this.#room = room;
    this.element = h("div", { class: "talk" }, this.#list, this.#pending);
    this.update();
  }

  update() {
    const follow = atEnd();
    if (this.#lines !== this.#room.lines) {
      this.#lines = this.#room.lines;
      this.#drawn = 0;
      this.#list.replaceChildren();
    }
    const fresh = this.#lines.slice(this.#drawn);
    this.#list.append(...fresh.map((line) => this.#draw(line)));
    this.#drawn += fresh.length;
    this.#await();
    if (fresh.length && follow && this.#room.running) toEnd();
  }

  #await() {
    const { waiting, buyerTurn, running } = this.#room;
    const names = [...waiting].map((id) => this.#room.seller(id)).filter(Boolean);
    this.#pending.hidden = !running || !(names.length || buyerTurn);
    this.#pending.replaceChildren(
      ...names.map((seller) => avatar(seller)),
      h("span", { class: "dots" }, h("i"), h("i"), h("i")),
      buyerTurn ? "The buyer is thinking" : answering(names.length),
    );
  }

  #draw(line) {
    return this.#kinds[line.kind](line);
  }

  #kinds = {
    round: ({ round }) => h("li", { class: "line-round" }, h("h3", {}, `Round ${round}`)),
    buyer: ({ name, text, message, event }) =>
      h("li", { class: "line-buyer", ...marks(message, event) },
        h("p", { class: "who" }, bdi(name)),
        h("p", { class: "bubble", dir: "auto" }, ...this.#words(text))),
    seller: (line) => {
      const seller = this.#room.seller(line.seller) ?? { name: line.name, lane: 0 };
      const place = marks(line.message, line.event);
      return h("li", { class: "line-seller", "data-lane": seller.lane, ...place },
        avatar(seller),
        h("div", { class: "bubble" },
          h("p", { class: "who" }, bdi(seller.name), line.offer && priceTag(line)),
          h("p", { class: "words", dir: "auto" }, ...this.#words(line.text))));
    },
    notice: ({ name, text }) =>
      h("li", { class: "line-notice" },
        h("p", { dir: "auto" }, h("b", {}, name ? bdi(name) : "Notice"), " ", text)),
    error: ({ text, code }) =>
      h("li", { class: "line-error" },
        h("p", {}, h("b", {}, "The negotiation stopped. "), text, " ", h("code", {}, code))),
    end: ({ outcome, event }) =>
      h("li", { class: outcome.deal ? "line-end deal" : "line-end", ...marks(null, event) },
        h("p", {}, ...sentence(outcome, this.#room)),
        outcome.reason && h("p", { class: "quiet", dir: "auto" }, outcome.reason)),
  };

  #words(text) {
    const { sellers } = this.#room;
    return pieces(text, sellers.map(({ name }) => name)).map((piece) =>
      piece.who === null ? piece.text
        : h("span", { class: "mention", "data-lane": sellers[piece.who].lane }, piece.text));
  }
}

/** What a line is found by: the message that it shows, and the event that told of it. */
const marks = (message, event) => ({ "data-message": message, "data-event": event || null });

/** A seller's initials on its colour. Its name stands beside it wherever it is used. */
export const avatar = ({ name, lane }) => h("span", {
  class: "avatar", "data-lane": lane, "aria-hidden": "true", title: name,
}, initials(name));

const answering = (count) =>
  count === 1 ? "One seller is answering" : `${count} sellers are answering`;

function priceTag({ offer, before }) {
  const step = before === null ? 0 : offer.price - before;
  return h("span", { class: "price-tag" },
    h("span", { class: "visually-hidden" }, "offers "),
    h("b", {}, money(offer.price)),
    h("span", { class: "times" }, ` × ${number(offer.quantity)}`),
    step !== 0 && h("span", { class: step < 0 ? "step down" : "step up" },
      h("span", { "aria-hidden": "true" }, step < 0 ? "↓" : "↑"),
      h("span", { class: "visually-hidden" }, step < 0 ? "down" : "up"),
      ` ${money(Math.abs(Math.round(step * 1e6) / 1e6))}`));
}

const page = () => document.scrollingElement;
const atEnd = () => page().scrollHeight - page().scrollTop - window.innerHeight < CLOSE_TO_END;
const toEnd = () => requestAnimationFrame(() => page().scrollTo({ top: page().scrollHeight }));
