/* One room in front of the reader: head, offers, talk, and what can be done now. */

import { RoomAnalysis } from "./analysis/room-analysis.js";
import { Board } from "./board.js";
import { Chart } from "./chart.js";
import { composer } from "./composer.js";
import { DecisionDialog } from "./decision-dialog.js";
import { h, write } from "./dom.js";
import { clock, duration, money, number, plural, shortMoney } from "./format.js";
import { invitation, nobody } from "./invitation.js";
import { Notes } from "./notes.js";
import { toRoom } from "./route.js";
import { Transcript } from "./transcript.js";
import { Verdict } from "./verdict.js";
import { RoomVoice } from "./voice/room-voice.js";
import { stage } from "./words.js";

export class RoomView {
  #room;
  #market;
  #parts;
  #notes = new Notes();
  #stage = h("p", { class: "stage" });
  #time = h("p", { class: "time" });
  #progress = h("progress", { "aria-label": "Rounds" });
  #acts = h("div", { class: "buttons" });
  #foot = h("div", { class: "talk-foot" });
  #phase = null;
  #ticking;

  constructor(market, room) {
    this.#market = market;
    this.#room = room;
    const transcript = new Transcript(room);
    this.#parts = {
      verdict: new Verdict(room),
      chart: new Chart(room),
      board: new Board(room),
      transcript,
      voice: new RoomVoice(room, transcript.element),
      analysis: new RoomAnalysis(market.id, room, transcript.element),
    };
    this.element = h("section", { class: "room", "aria-labelledby": "room-title" },
      this.#head(),
      this.#notes.element,
      ...(room.sellers.length ? this.#table() : [nobody(room)]));
    this.#ticking = setInterval(() => this.#tick(), 1000);
    this.update();
  }

  close() {
    clearInterval(this.#ticking);
    for (const part of Object.values(this.#parts)) part.close?.();
  }

  #head() {
    const { item, quantity, min, max, sellers } = this.#room;
    const limits = `${money(min)} to ${money(max)} each`;
    const facts = [`${number(quantity)} wanted`, limits, plural(sellers.length, "seller")];
    return h("header", { class: "room-head" },
      h("div", { class: "room-name" },
        h("h1", { id: "room-title", tabindex: -1, dir: "auto" }, item),
        h("p", { class: "quiet" }, facts.join(" · "))),
      h("div", { class: "gauge" }, this.#stage, this.#time),
      this.#acts,
      this.#steps(),
      this.#progress);
  }

  #table() {
    const { verdict, chart, board, transcript, voice, analysis } = this.#parts;
    return [
      h("aside", { class: "table", "aria-label": "Offers" },
        verdict.element,
        h("div", { class: "card" }, h("h2", {}, "Price by round"), chart.element),
        h("div", { class: "card" }, board.element)),
      h("div", { class: "talk-column" },
        voice.element, transcript.element, analysis.element, this.#foot),
    ];
  }

  /** To the rooms before and after this one, where the list of rooms is out of sight. */
  #steps() {
    const { rooms, id } = this.#market;
    const at = rooms.indexOf(this.#room);
    const step = (room, label, sign) => room && h("a", {
      class: "button", href: toRoom(id, room.id), "aria-label": `${label}: ${room.item}`,
    }, sign);
    return h("nav", { class: "steps", "aria-label": "Neighbouring rooms" },
      step(rooms[at - 1], "Previous room", "←"), step(rooms[at + 1], "Next room", "→"));
  }

  update() {
    const room = this.#room;
    for (const part of Object.values(this.#parts)) part.update();
    this.#progress.max = room.maxRounds;
    this.#progress.value = room.round;
    this.#progress.hidden = !room.running;
    write(this.#stage, stage(room));
    this.#stage.dataset.status = room.mood === "lost" && room.running ? "lost" : room.status;
    this.#tick();
    if (this.#phase !== phase(room)) this.#enter(phase(room));
  }

  #tick() {
    const { running } = this.#room;
    const seconds = this.#room.elapsed();
    const best = running ? this.#room.best() : null;
    const time = seconds === null ? "" : running ? clock(seconds) : duration(seconds);
    write(this.#time, best ? `${time} · best ${shortMoney(best.price)}` : time);
  }

  /** Buttons and boxes change with the phase only, so that nobody loses the focus mid-way. */
  #enter(now) {
    this.#phase = this.element.dataset.phase = now;
    const { acts = [], foot = [] } = this.#phases[now]();
    this.#acts.replaceChildren(...acts);
    this.#foot.replaceChildren(...foot);
  }

  #phases = {
    pending: () => ({ foot: [invitation(this.#room, () => this.#start())] }),
    active: () => ({
      acts: [button("Decide…", () => this.#decide())],
      foot: [composer(this.#room, (text) => this.#market.say(this.#room, text))],
    }),
    ended: () => ({
      acts: [button("Start again", () => this.#start()), button("Analysis", toAnalysis), this.#log()],
    }),
    no_sellers_available: () => ({}),
  };

  #log() {
    const href = this.#market.logUrl(this.#room);
    return h("a", { class: "button", href, target: "_blank", rel: "noopener" }, "Log");
  }

  async #start() {
    this.#notes.clear();
    try {
      await this.#market.start(this.#room);
    } catch (error) {
      this.#notes.show(error);
    }
    this.element.querySelector("#room-title").focus({ preventScroll: true });
  }

  #decide() {
    new DecisionDialog(this.#room, (choice) => this.#market.decide(this.#room, choice)).open();
  }
}

const button = (label, onclick) => h("button", { type: "button", onclick }, label);

const phase = (room) => (room.ended ? "ended" : room.status);

function toAnalysis() {
  const title = document.querySelector("#analysis-title");
  title?.focus({ preventScroll: true });
  title?.scrollIntoView({ block: "start" });
}
