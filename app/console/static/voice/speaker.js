/* What is heard on this page: one thing at a time.

`change` is sent when something begins, waits for a click, or is over. */

import { ApiError } from "../api.js";
import { events } from "../chat/sse.js";
import { newSound } from "./sound.js";

class Speaker extends EventTarget {
  #now = null;

  /** The key of what is heard, or null; `state` is loading, playing or blocked. */
  get key() {
    return this.#now?.key ?? null;
  }

  get state() {
    return this.#now?.state ?? null;
  }

  /** Plays what `open(signal)` answers, a response of speech events, instead of whatever is heard.
      `caption` is told of times: `add(characters, starts, ends)`, `follow(sound)`, `close()`.
      Resolves to true when all was heard, to false when it was stopped, and fails with the
      error that ended it. `noticed(notice)` hears what was left out. */
  async play({ key, open, caption, noticed = () => {} }) {
    this.stop();
    const turn = { key, caption, state: "loading", abort: new AbortController(), sound: newSound() };
    this.#now = turn;
    this.#changed();
    try {
      const response = await open(turn.abort.signal);
      await this.#hear(turn, response.body, noticed);
      await turn.sound.end();
      if (turn.heard) await turn.sound.over;
      return !turn.abort.signal.aborted;
    } catch (error) {
      if (turn.abort.signal.aborted) return false;
      throw error;
    } finally {
      this.#end(turn);
    }
  }

  async #hear(turn, body, noticed) {
    for await (const { event, data } of events(body)) {
      const told = JSON.parse(data);
      if (event === "audio") await this.#add(turn, told);
      else if (event === "notice") noticed(told);
      else if (event === "error") throw new ApiError(503, { ...told, code: told.error_code });
      if (event === "done" || turn.abort.signal.aborted) return;
    }
  }

  async #add(turn, { audio, characters = [], starts = [], ends = [] }) {
    turn.caption?.add(characters, starts, ends);
    if (!audio) return;
    const adding = turn.sound.add(Uint8Array.from(atob(audio), (c) => c.charCodeAt(0)));
    if (!turn.heard) this.#start(turn);
    turn.heard = true;
    await Promise.race([adding, turn.sound.over]);
  }

  #start(turn) {
    turn.caption?.follow(turn.sound);
    turn.sound.play().then(() => this.#becomes(turn, "playing"), (error) => {
      if (error.name === "NotAllowedError") this.#becomes(turn, "blocked");
    });
  }

  /** After a click, which the browser may have waited for. */
  resume() {
    if (this.#now?.state === "blocked") this.#start(this.#now);
  }

  /** Ends what is heard; with a `key`, only that. */
  stop(key = this.key) {
    if (!this.#now || this.#now.key !== key) return;
    this.#now.abort.abort();
    this.#end(this.#now);
  }

  #end(turn) {
    turn.abort.abort();
    turn.sound.stop();
    turn.caption?.close();
    if (this.#now !== turn) return;
    this.#now = null;
    this.#changed();
  }

  #becomes(turn, state) {
    if (this.#now !== turn) return;
    turn.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

export const speaker = new Speaker();
