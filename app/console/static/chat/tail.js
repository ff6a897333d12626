/* Follows a generation to its end, whatever the line does meanwhile.

A browser allows six connections to a host over HTTP/1.1, all tabs counted. So none is held while
nobody looks at the tab: the answer goes on without a reader, and the rest is heard afterwards. */

import * as api from "./api.js";
import { events } from "./sse.js";

const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];

export class Tail {
  #answer;
  #changed;
  #abort = null;
  #closed = false;

  /** Tells `answer` what is heard; `changed(mood)` is called after it, with `live` or `lost`. */
  constructor(answer, changed) {
    this.#answer = answer;
    this.#changed = changed;
    document.addEventListener("visibilitychange", this.#look);
  }

  close() {
    this.#closed = true;
    this.#abort?.abort();
    document.removeEventListener("visibilitychange", this.#look);
  }

  #look = () => document.hidden && this.#abort?.abort();

  /** Asks by `open(signal)`, which may be refused, and follows what is answered. Resolves when the
      answer has ended or the tail was closed. The asking itself is never broken off. */
  async ask(open) {
    try {
      const abort = new AbortController();
      const response = await open(abort.signal);
      this.#abort = abort;
      this.#answer.generation ??= response.headers.get("x-parley-generation");
      if (this.#closed || document.hidden) abort.abort();
      await this.#hear(response);
      await this.follow();
    } finally {
      this.close();
    }
  }

  /** Goes on after the last event that was heard. */
  async follow() {
    let tries = 0;
    try {
      while (this.#answer.running && !this.#closed) {
        const before = this.#answer.seq;
        if (document.hidden) await shown();
        else await this.#again();
        tries = this.#answer.seq > before ? 0 : tries + 1;
        if (this.#answer.running && tries) await this.#pause(tries);
      }
    } finally {
      this.close();
    }
  }

  async #again() {
    if (this.#closed) return;
    this.#abort = new AbortController();
    const { generation, seq } = this.#answer;
    try {
      await this.#hear(await api.follow(generation, seq, this.#abort.signal));
    } catch (error) {
      if (error.status >= 400 && error.status < 500) throw error; // asking again won't help
    }
  }

  async #hear(response) {
    this.#changed("live");
    try {
      for await (const { id, event, data } of events(response.body)) {
        if (this.#closed) return;
        if (this.#answer.apply(event, JSON.parse(data), id)) this.#changed("live");
        if (!this.#answer.running) return;
      }
    } catch {
      // The line was cut, or let go: what was heard is kept, and the rest is asked for.
    }
  }

  async #pause(tries) {
    if (this.#closed || document.hidden) return;
    this.#changed("lost");
    await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(tries, RETRY_MS.length) - 1]));
  }
}

const shown = () => new Promise((done) => {
  document.addEventListener("visibilitychange", done, { once: true });
});
