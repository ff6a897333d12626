/* Live streams, one per room that is watched.

A browser allows six connections to a host over HTTP/1.1, all tabs counted. So at most four rooms
are heard live, the shown one first, and none while nobody looks at the tab; every feed goes on
after its last event, so that nothing is missed or drawn twice. */

import { streamUrl } from "./api.js";

const LIVE_AT_ONCE = 4;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
const NAMES = [
  "connected", "heartbeat", "round_start", "buyer_message", "seller_response", "offer", "notice",
  "message_queued", "error", "decision", "negotiation_complete",
];

export class Feeds {
  #open = new Map();
  #wanted = [];
  #hear;
  #mood;

  /** `hear(room, type, data, seq)` for each event; `mood(room, state)` for live, lost and gone. */
  constructor(hear, mood) {
    this.#hear = hear;
    this.#mood = mood;
    document.addEventListener("visibilitychange", this.#settle);
  }

  /** The rooms to hear, the most important first; the others are let go. */
  want(rooms) {
    this.#wanted = rooms;
    this.#settle();
  }

  /** Whether this room is among those that there is a connection for. */
  hears(room) {
    return this.#open.has(room.id);
  }

  close() {
    this.want([]);
    document.removeEventListener("visibilitychange", this.#settle);
  }

  #settle = () => {
    const now = document.hidden ? [] : this.#wanted.slice(0, LIVE_AT_ONCE);
    const keep = new Set(now.map(({ id }) => id));
    for (const id of [...this.#open.keys()]) if (!keep.has(id)) this.#drop(id);
    for (const room of now) if (!this.#open.has(room.id)) this.#connect(room, 0);
  };

  #drop(id) {
    const { source, timer } = this.#open.get(id);
    clearTimeout(timer);
    source.close();
    this.#open.delete(id);
  }

  #connect(room, attempt) {
    const source = new EventSource(streamUrl(room.id, room.seq));
    const feed = { source, timer: null, attempt };
    this.#open.set(room.id, feed);
    source.addEventListener("open", () => {
      feed.attempt = 0;
      this.#mood(room, "live");
    });
    const receive = (event) => this.#received(room, feed, event);
    for (const name of NAMES) source.addEventListener(name, receive);
  }

  #received(room, feed, event) {
    if (feed.source.readyState === EventSource.CLOSED && event.data !== undefined) return;
    if (event.data === undefined) return this.#lost(room, feed);
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    this.#hear(room, event.type, data, Number(event.lastEventId) || 0);
  }

  /** The browser comes back by itself after a lost line, but gives up on a refused one. */
  #lost(room, feed) {
    this.#mood(room, "lost");
    if (feed.source.readyState !== EventSource.CLOSED || feed.timer) return;
    const wait = RETRY_MS[Math.min(feed.attempt, RETRY_MS.length - 1)];
    feed.timer = setTimeout(() => this.#connect(room, feed.attempt + 1), wait);
  }
}
