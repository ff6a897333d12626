/* One open market: its session, its rooms, and what is heard from them. */

import * as api from "./api.js";
import { Feeds } from "./feeds.js";
import { Negotiation } from "./negotiation.js";

const POLL_MS = 2_500;

export class Market extends EventTarget {
  rooms = [];
  #feeds = new Feeds((...heard) => this.#heard(...heard), (room, mood) => this.#felt(room, mood));
  #shown = null;
  #poll = null;
  #announced = false;

  constructor(id) {
    super();
    this.id = id;
    document.addEventListener("visibilitychange", this.#looked);
  }

  /** Reads the session and its rooms. Raises `ApiError` when there is none. */
  async open() {
    await this.#read();
    return this;
  }

  close() {
    clearTimeout(this.#poll);
    this.#feeds.close();
    document.removeEventListener("visibilitychange", this.#looked);
  }

  #looked = () => document.hidden || this.refresh();

  async #read() {
    const asked = performance.now();
    const { rooms, ...session } = await api.readSession(this.id);
    this.session = session;
    for (const facts of rooms) {
      const known = this.find(facts.room_id);
      if (!known) this.rooms.push(new Negotiation(facts));
      else this.#redescribe(known, facts, asked);
    }
    this.#changed();
  }

  /** What a room was heard to say after the question is newer than the answer. One that ended
      unheard has more to tell than was drawn of it. */
  #redescribe(room, facts, asked) {
    if (this.#feeds.hears(room) || room.news > asked) return;
    if (room.running && facts.status !== "active") room.loaded = false;
    room.describe(facts);
  }

  find(id) {
    return this.rooms.find((room) => room.id === id) ?? null;
  }

  get startable() {
    return this.rooms.filter((room) => room.status === "pending");
  }

  /** The room in front of the reader: it has a live line before all others. */
  async show(id) {
    this.#shown = id;
    const room = this.find(id);
    this.#listen();
    if (room?.ended && !room.loaded) await this.#recall(room);
  }

  /** Reads what was said in a room that isn't running any more. */
  async #recall(room) {
    room.loaded = true;
    try {
      const state = await api.readState(room.id);
      if (!room.running) room.recall(state);
    } catch (error) {
      room.loaded = false;
      throw error;
    }
    this.#changed();
  }

  async start(room) {
    try {
      await api.startRoom(room.id);
    } catch (error) {
      if (error.code !== "NEGOTIATION_ALREADY_ACTIVE") throw error;
    }
    if (!room.running) room.restart();
    room.loaded = true;
    room.news = performance.now();
    this.#changed();
    this.#listen();
  }

  /** Starts every room that waits. Resolves to the errors, one for each that didn't start. */
  async startAll() {
    const tries = await Promise.allSettled(this.startable.map((room) => this.start(room)));
    return tries.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  }

  say = (room, text) => api.say(room.id, text);

  decide = (room, choice) => api.decide(room.id, choice);

  logUrl = (room) => api.logUrl(this.id, room.id);

  #heard(room, type, data, seq) {
    if (!room.apply(type, data, seq)) return;
    room.loaded = true;
    room.news = performance.now();
    this.#changed();
    if (type === "negotiation_complete") this.#ended();
  }

  #felt(room, mood) {
    room.mood = mood;
    this.#changed();
  }

  /** A line is closed on the end of a run. The session knows whether another has begun since. */
  #ended() {
    this.#listen();
    this.refresh();
  }

  async refresh() {
    try {
      await this.#read();
      await this.show(this.#shown);
    } catch {
      this.#listen(); // the next poll or the next look at the page asks again
    }
  }

  #listen() {
    const running = this.rooms.filter((room) => room.running);
    running.sort((a, b) => (b.id === this.#shown) - (a.id === this.#shown));
    this.#feeds.want(running);
    clearTimeout(this.#poll);
    if (!document.hidden && running.some((room) => !this.#feeds.hears(room))) {
      this.#poll = setTimeout(() => this.refresh(), POLL_MS);
    }
  }

  /** Many events can come in one go; those who look are told once. */
  #changed() {
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      this.dispatchEvent(new Event("change"));
    });
  }
}
