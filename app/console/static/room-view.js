/* One room in front of the reader: head, offers, talk, and what can be done now. */

import { DecisionDialog, composer } from "./actions.js";
import { Board } from "./board.js";
import { Chart } from "./chart.js";
import { bdi, h, write } from "./dom.js";
import { clock, duration, money, number, plural, shortMoney, total } from "./format.js";
import { Notes } from "./notes.js";
import { toRoom } from "./route.js";
import { Transcript, avatar, sentence } from "./transcript.js";

const REASONS = {
  no_inventory: "No seller has it.",
  insufficient_quantity: "No seller has enough of it.",
  price_mismatch: "No seller's prices meet the buyer's limits.",
};

const WHY_NOT = {
  no_inventory: "doesn't have it",
  insufficient_quantity: "doesn't have enough",
  price_mismatch: "is outside the buyer's limits",
};

/** A stored reason as a sentence; anything unknown is shown as it came. */
export const reasonText = (reason) => REASONS[reason] ?? reason ?? "";

export class RoomView {
  #room;
  #market;
  #notes = new Notes();
  #transcript;
  #chart;
  #board;
  #stage = h("p", { class: "stage" });
  #time = h("p", { class: "time" });
  #progress = h("progress", { "aria-label": "Rounds" });
  #acts = h("div", { class: "buttons" });
  #outcome = h("div", { class: "outcome", role: "status" });
  #foot = h("div", { class: "talk-foot" });
  #phase = null;
  #ticking;

  constructor(market, room) {
    this.#market = market;
    this.#room = room;
    this.#transcript = new Transcript(room);
    this.#chart = new Chart(room);
    this.#board = new Board(room);
    this.element = this.#layout();
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.update();
  }

  close() {
    clearInterval(this.#ticking);
    this.#chart.close();
  }

  #layout() {
    const room = this.#room;
    const facts = `${number(room.quantity)} wanted · ${money(room.min)} to ${money(room.max)} each · ${plural(room.sellers.length, "seller")}`;
    return h("section", { class: "room", "aria-labelledby": "room-title" },
      h("header", { class: "room-head" },
        h("div", { class: "room-name" },
          h("h1", { id: "room-title", tabindex: -1, dir: "auto" }, room.item),
          h("p", { class: "quiet" }, facts)),
        h("div", { class: "gauge" }, this.#stage, this.#time),
        this.#acts,
        this.#steps(),
        this.#progress),
      this.#notes.element,
      room.sellers.length
        ? [h("aside", { class: "table", "aria-label": "Offers" }, this.#outcome,
            h("div", { class: "card" }, h("h2", {}, "Price by round"), this.#chart.element),
            h("div", { class: "card" }, this.#board.element)),
          h("div", { class: "talk-column" }, this.#transcript.element, this.#foot)]
        : this.#nobody());
  }

  /** To the rooms before and after this one, where the list of rooms is out of sight. */
  #steps() {
    const { rooms, id } = this.#market;
    const at = rooms.indexOf(this.#room);
    const step = (room, label, sign) => room &&
      h("a", { class: "button", href: toRoom(id, room.id), "aria-label": `${label}: ${room.item}` }, sign);
    return h("nav", { class: "steps", "aria-label": "Neighbouring rooms" },
      step(rooms[at - 1], "Previous room", "←"), step(rooms[at + 1], "Next room", "→"));
  }

  #nobody() {
    return h("div", { class: "invitation" },
      h("h2", {}, "Nobody can serve this item"),
      h("p", {}, reasonText(this.#room.room.reason)),
      this.#absent(),
      h("p", { class: "quiet" }, "It stays on the list and is counted among the failed items."));
  }

  #absent() {
    const absent = this.#room.room.excluded_sellers ?? [];
    if (!absent.length) return null;
    return h("ul", { class: "absent" }, absent.map(({ seller_name, reason }) =>
      h("li", {}, bdi(seller_name), ` ${WHY_NOT[reason] ?? reason}`)));
  }

  update() {
    const room = this.#room;
    this.#transcript.update();
    this.#chart.update();
    this.#board.update();
    this.#progress.max = room.maxRounds;
    this.#progress.value = room.round;
    this.#progress.hidden = !room.running;
    write(this.#stage, stage(room));
    this.#stage.dataset.status = room.mood === "lost" && room.running ? "lost" : room.status;
    this.#tick();
    if (this.#phase !== phase(room)) this.#enter(phase(room));
  }

  #tick() {
    const seconds = this.#room.elapsed();
    const best = this.#room.running ? this.#room.best() : null;
    const time = seconds === null ? "" : this.#room.running ? clock(seconds) : duration(seconds);
    write(this.#time, best ? `${time} · best ${shortMoney(best.price)}` : time);
  }

  /** Buttons and boxes change with the phase only, so that nobody loses the focus mid-way. */
  #enter(now) {
    this.#phase = this.element.dataset.phase = now;
    const room = this.#room;
    const parts = {
      pending: () => [[], [this.#invitation()]],
      active: () => [[this.#button("Decide…", () => this.#decide())], [composer(room, (text) => this.#market.say(room, text))]],
      ended: () => [[this.#button("Start again", () => this.#start()), this.#log()], []],
      no_sellers_available: () => [[], []],
    };
    const [acts, foot] = parts[now]();
    this.#acts.replaceChildren(...acts);
    this.#foot.replaceChildren(...foot);
    this.#outcome.replaceChildren(...(now === "ended" ? this.#result() : []));
  }

  #button(label, action, props = {}) {
    return h("button", { type: "button", ...props, onclick: action }, label);
  }

  #log() {
    return h("a", { class: "button", href: this.#market.logUrl(this.#room), target: "_blank", rel: "noopener" }, "Log");
  }

  #invitation() {
    const room = this.#room;
    return h("div", { class: "invitation" },
      h("h2", {}, `${plural(room.sellers.length, "seller")} at the table`),
      h("ul", { class: "guests" }, room.sellers.map((seller) =>
        h("li", {}, avatar(seller), bdi(seller.name), seller.initialPrice != null && h("small", {}, `lists at ${money(seller.initialPrice)}`)))),
      this.#absent(),
      this.#button("Start negotiating", () => this.#start(), { class: "primary large" }));
  }

  #result() {
    const { outcome, max } = this.#room;
    if (!outcome.deal) {
      return [h("div", { class: "card verdict" }, h("p", { class: "verdict-line" }, ...sentence(outcome, this.#room)),
        h("p", { class: "quiet", dir: "auto" }, reasonText(outcome.reason)))];
    }
    const saved = max - outcome.price;
    return [h("div", { class: "card verdict deal" },
      h("p", { class: "verdict-line" }, "Deal with ", bdi(outcome.name ?? "a seller")),
      h("p", { class: "verdict-sum" }, total(outcome.price, outcome.quantity)),
      h("p", { class: "quiet" }, `${number(outcome.quantity)} at ${money(outcome.price)}`,
        saved > 0 ? ` · ${total(saved, outcome.quantity)} under the limit` : ""))];
  }

  async #start() {
    await this.#attempt(() => this.#market.start(this.#room));
    this.element.querySelector("#room-title").focus({ preventScroll: true });
  }

  #decide() {
    new DecisionDialog(this.#room, (choice) => this.#market.decide(this.#room, choice)).open();
  }

  async #attempt(action) {
    this.#notes.clear();
    try {
      await action();
    } catch (error) {
      this.#notes.show(error);
    }
  }
}

const phase = ({ status }) => (status === "completed" || status === "aborted" ? "ended" : status);

/** Where the room stands, in a few words. */
export function stage(room) {
  if (room.status === "no_sellers_available") return "No sellers";
  if (room.status === "pending") return "Not started";
  if (room.running) {
    if (room.mood === "lost") return "Reconnecting…";
    return room.round ? `Round ${room.round} of ${room.maxRounds}` : "Starting";
  }
  return room.outcome?.deal ? `Deal at ${shortMoney(room.outcome.price)}` : "No deal";
}
