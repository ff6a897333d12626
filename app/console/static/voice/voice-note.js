/* A quiet word where speech fails, and the click that a browser waits for. */

import { h } from "../dom.js";
import { speaker } from "./speaker.js";

export class VoiceNote {
  element = h("p", { class: "voice-note", role: "status", hidden: true });

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  say(...words) {
    this.element.replaceChildren(...words);
    this.element.hidden = false;
  }

  /** Speech failed with `error`; the text stays as it is. */
  failed(error) {
    this.say(`${error.message.replace(/\.?$/, ".")} The text is all there.`);
  }

  /** Something of the text isn't heard: code on purpose, all else because speech failed. */
  noticed(notice) {
    const { code, message } = notice;
    if (code !== "CODE_LEFT_OUT") return this.failed(notice);
    this.say(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  }

  /** Shows the button that a browser wants to be pressed before anything is heard. */
  update() {
    const asked = this.element.contains(this.#play);
    if (speaker.state === "blocked" && !asked) this.say("Your browser waits for a click. ", this.#play);
    if (speaker.state !== "blocked" && asked) this.clear();
  }

  #play = h("button", { type: "button", onclick: () => speaker.resume() }, "Play");
}
