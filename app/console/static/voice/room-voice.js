/* Reads a room's messages aloud: each by its button, or all that come, one after the other. */

import { h } from "../dom.js";
import { messageSpeech } from "./api.js";
import { remember, remembered, voices } from "./availability.js";
import { Caption } from "./caption.js";
import { showSpeaking, speakButton } from "./speak-button.js";
import { speaker } from "./speaker.js";
import { VoiceNote } from "./voice-note.js";

const AUTOPLAY = "autoplay";

export class RoomVoice {
  #room;
  #talk;
  #on = false;
  #drawn = 0;
  #lines = null;
  #queue = [];
  #since = Date.now();
  #note = new VoiceNote();
  #autoplay = h("input", {
    type: "checkbox", checked: remembered(AUTOPLAY) === "on", onchange: () => this.#switched(),
  });
  element = h("div", { class: "room-voice", hidden: true },
    h("label", { class: "check" }, this.#autoplay, h("span", {}, "Read new messages aloud")),
    this.#note.element);

  /** `talk` is the element of the transcript, whose lines get buttons. */
  constructor(room, talk) {
    this.#room = room;
    this.#talk = talk;
    speaker.addEventListener("change", this.#heard);
    voices().then((list) => {
      this.#on = list !== null && !this.#closed;
      this.element.hidden = !this.#on;
      this.update();
    });
  }

  #closed = false;

  close() {
    this.#closed = true;
    this.#queue = [];
    speaker.removeEventListener("change", this.#heard);
    speaker.stop();
  }

  /** Gives new lines their buttons, and queues those that were said since this was opened. */
  update() {
    if (!this.#on) return;
    for (const line of this.#talk.querySelectorAll("[data-message]:not(:has(.speak))")) {
      const { message } = line.dataset;
      const name = line.querySelector(".who bdi").textContent;
      const press = () => this.#pressed(message);
      line.querySelector(".who").append(speakButton(message, `${name}’s message`, press));
    }
    this.#notice();
  }

  #notice() {
    const { lines, skew } = this.#room;
    if (lines !== this.#lines) [this.#lines, this.#drawn] = [lines, 0];
    const fresh = lines.slice(this.#drawn);
    this.#drawn = lines.length;
    if (!this.#autoplay.checked) return;
    this.#queue.push(...fresh
      .filter(({ message, at }) => message && at >= this.#since + skew)
      .map(({ message }) => message));
    this.#next();
  }

  #switched() {
    remember(AUTOPLAY, this.#autoplay.checked ? "on" : "");
    this.#since = Date.now();
    this.#queue = [];
    this.#note.clear();
    if (!this.#autoplay.checked) speaker.stop();
  }

  /** By hand: what waits to be read is given up. */
  #pressed(message) {
    this.#queue = [];
    if (speaker.key === message) speaker.stop();
    else this.#read(message);
  }

  #next() {
    if (speaker.key === null && this.#queue.length) this.#read(this.#queue.shift());
  }

  async #read(message) {
    this.#note.clear();
    const open = (signal) => messageSpeech(message, signal);
    const caption = new Caption(() => textOf(this.#line(message)));
    const noticed = (notice) => this.#note.noticed(notice);
    try {
      await speaker.play({ key: message, open, caption, noticed });
    } catch (error) {
      this.#queue = [];
      this.#note.failed(error);
    }
    if (!this.#closed) this.#next();
  }

  #line = (message) => this.#talk.querySelector(`[data-message="${CSS.escape(message)}"]`);

  #heard = () => {
    showSpeaking(this.#talk);
    this.#note.update();
  };
}

const textOf = (line) => line?.querySelector(".words") ?? line?.querySelector(".bubble");
