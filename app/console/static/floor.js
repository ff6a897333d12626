/* An open market: its rooms at the side, one room or the summary in front. */

import { bdi, h, write } from "./dom.js";
import { plural, shortMoney } from "./format.js";
import { Notes } from "./notes.js";
import { RoomView } from "./room-view.js";
import * as route from "./route.js";
import { Summary } from "./summary.js";
import { stage } from "./words.js";

export class Floor {
  #market;
  #view = null;
  #front = h("div", { class: "front" });
  #rows = new Map();
  #notes = new Notes();
  #startAll = h("button", { type: "button", class: "primary", onclick: () => this.#startRooms() });
  #summaryLink;

  constructor(market) {
    this.#market = market;
    const href = route.toSummary(market.id);
    this.#summaryLink = h("a", { class: "to-summary", href }, "Summary");
    this.element = h("div", { class: "floor" }, this.#side(), this.#front);
    market.addEventListener("change", this.#update);
  }

  close() {
    this.#market.removeEventListener("change", this.#update);
    this.#view?.close?.();
  }

  #side() {
    const { session, rooms } = this.#market;
    return h("nav", { class: "rooms", "aria-label": "Rooms" },
      h("div", { class: "rooms-head" },
        h("p", { class: "buyer" }, bdi(session.buyer_name)),
        h("p", { class: "quiet" }, `buys ${plural(rooms.length, "item")}`)),
      h("ul", {}, rooms.map((room) => this.#row(room))),
      h("div", { class: "rooms-foot" }, this.#startAll, this.#notes.element, this.#summaryLink));
  }

  #row(room) {
    const state = h("span", { class: "state" });
    const price = h("span", { class: "price" });
    const link = h("a", { href: route.toRoom(this.#market.id, room.id) },
      h("span", { class: "name" }, bdi(room.item)), state, price);
    this.#rows.set(room.id, { link, state, price });
    return h("li", {}, link);
  }

  /** Puts a room in front; without an id, the first that has sellers. */
  async showRoom(id) {
    const { rooms } = this.#market;
    const first = () => rooms.find(({ sellers }) => sellers.length) ?? rooms[0];
    const room = id ? this.#market.find(id) : first();
    if (!room) return this.#put(h("p", { class: "notes" }, "This market has no such room."), null);
    this.#put(new RoomView(this.#market, room), room.id);
    await this.#market.show(room.id);
  }

  async showSummary() {
    this.#put(await new Summary(this.#market).read(), null);
    await this.#market.show(null);
  }

  #put(view, id) {
    this.#view?.close?.();
    this.#view = view;
    this.#front.replaceChildren(view.element ?? view);
    for (const [room, { link }] of this.#rows) mark(link, room === id);
    mark(this.#summaryLink, id === null);
    this.#update();
    this.#rows.get(id)?.link.scrollIntoView?.({ block: "nearest", inline: "center" });
  }

  #update = () => {
    const { rooms, startable } = this.#market;
    for (const room of rooms) this.#refresh(this.#rows.get(room.id), room);
    const count = startable.length;
    write(this.#startAll, count === 1 ? "Start the last room" : `Start all ${count} rooms`);
    this.#startAll.hidden = !count;
    this.#view?.update?.();
  };

  #refresh({ link, state, price }, room) {
    const best = room.running ? room.best() : null;
    link.dataset.status = room.outcome?.deal ? "deal" : room.status;
    write(state, stage(room));
    write(price, best ? shortMoney(best.price) : "");
  }

  async #startRooms() {
    this.#notes.clear();
    const [error] = await this.#market.startAll();
    if (error) this.#notes.show(error);
  }
}

const mark = (link, here) =>
  here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
