/* Where a person writes, and chooses how it is answered. */

import { h } from "../dom.js";
import { Notes } from "../notes.js";
import { speaker } from "../voice/speaker.js";
import { wishesFor } from "./wishes.js";

const LONGEST_BYTES = 100 * 1024;
const TOO_LONG = "A message has up to 100 KB, and this one is longer: send it in parts.";

export class AskForm {
  #conversation;
  #send;
  #notes = new Notes();
  #text = h("textarea", {
    id: "ask", rows: 1, dir: "auto", placeholder: "Write a message…",
    "aria-describedby": "ask-keys", onkeydown: sendOnEnter,
  });
  #submit = h("button", { class: "primary" }, "Send");
  #stop = h("button", { type: "button", class: "stop", hidden: true, onclick: () => this.stop() },
    "Stop");
  #wishes;
  #line;

  /** `send(text, wishes)` asks; what can't be sent comes back into the box. */
  constructor(conversation, choices, send) {
    this.#conversation = conversation;
    this.#send = send;
    this.#wishes = wishesFor(conversation, choices, (error) => this.told(error));
    const onsubmit = (event) => this.#sent(event);
    this.#line = h("div", { class: "ask-line" },
      h("label", { class: "visually-hidden", for: "ask" }, "Message"),
      this.#text, this.#submit, this.#stop);
    this.element = h("form", { class: "ask", novalidate: true, onsubmit },
      this.#notes.element,
      this.#line,
      h("div", { class: "ask-foot" },
        this.#wishes.element,
        h("p", { class: "keys", id: "ask-keys" }, "Enter sends, Shift + Enter begins a line")));
    conversation.addEventListener("change", this.update);
    speaker.addEventListener("change", this.update);
    this.update();
  }

  /** Adds what it takes to talk: `talk` with its button, `notes` above the line, `choices` under
      it. */
  furnish(talk, notes, choices) {
    this.#submit.before(talk.button);
    this.#line.before(...notes, talk.element);
    this.#wishes.element.append(...choices);
  }

  close() {
    this.#conversation.removeEventListener("change", this.update);
    speaker.removeEventListener("change", this.update);
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  update = () => {
    const { running } = this.#conversation;
    const hadFocus = document.activeElement === this.#stop;
    this.#submit.hidden = running;
    this.#stop.hidden = !running && speaker.key === null;
    if (hadFocus && this.#stop.hidden) this.focus();
    this.#wishes.update();
  };

  /** Ends the answer, and what is read of it. */
  async stop() {
    speaker.stop();
    await this.attempt(() => this.#conversation.stop());
  }

  clear() {
    this.#notes.clear();
  }

  /** Runs `act`, and says here what goes wrong with it. */
  async attempt(act) {
    this.clear();
    try {
      await act();
      return true;
    } catch (error) {
      this.told(error);
      return false;
    }
  }

  /** Says here what went wrong. */
  told(error) {
    this.#notes.show(error);
    this.#notes.element.scrollIntoView({ block: "nearest" });
  }

  async #sent(event) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (!text) return this.focus();
    if (this.#conversation.running) return;
    this.#text.value = "";
    if (!(await this.ask(text))) this.offer(text);
  }

  /** Puts what couldn't be sent into the box, unless something else was begun there. */
  offer(text) {
    this.#text.value ||= text;
    this.focus();
  }

  /** Puts `text` where the cursor stands, to be read over and sent. */
  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.#text;
    const space = start && !/\s/.test(value[start - 1]) ? " " : "";
    this.#text.setRangeText(space + text, start, end, "end");
    this.focus();
  }

  /** What is chosen for a first message. */
  get wanted() {
    return this.#wishes.wanted();
  }

  /** Sends `text` with what is chosen; whether it could be sent. */
  ask(text) {
    return this.attempt(() => {
      const size = new TextEncoder().encode(text).length;
      if (size > LONGEST_BYTES) throw new Error(TOO_LONG);
      return this.#send(text, this.wanted);
    });
  }
}

/** Enter sends, with Shift it begins a line; while a word is being composed it does neither. */
function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}
