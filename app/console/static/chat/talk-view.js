/* What was said, drawn in order. A line that is drawn stays, and is only told what is new. */

import { h, write } from "../dom.js";
import { AnswerView } from "./answer-view.js";
import { SaidView } from "./said-view.js";

const CLOSE_TO_END = 160;

export class TalkView {
  #conversation;
  #views = new Map();
  #list = h("ol", { class: "lines", role: "log", "aria-label": "Conversation" });
  #earlier = h("button", { type: "button", class: "earlier", onclick: () => this.#more() },
    "Show what was said before");
  #end = h("button", { type: "button", class: "to-end", hidden: true, onclick: () => toEnd() },
    "To the end ↓");
  #status = h("p", { class: "visually-hidden", role: "status" });
  #acts;
  #frame = 0;
  #following = true;
  #grown = new ResizeObserver(() => this.#following && toEnd());

  /** `acts` are what can be done with a line: `{regenerate, edit, show, think}`. */
  constructor(conversation, acts) {
    this.#conversation = conversation;
    this.#acts = acts;
    this.element = h("div", { class: "talk" }, this.#earlier, this.#list, this.#status, this.#end);
    conversation.addEventListener("change", this.update);
    window.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#grown.observe(this.#list);
    this.#draw();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#grown.disconnect();
    this.#conversation.removeEventListener("change", this.update);
    window.removeEventListener("scroll", this.#scrolled);
  }

  /** Draws at once, and puts the focus on what matches `css` in the line of `message`, an id. */
  focus(message, css) {
    this.#draw();
    this.#views.get(message)?.element.querySelector(css)?.focus();
  }

  /** Draws once for all that changes before the next picture of the screen. */
  update = () => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  };

  /** Who reads the end is kept there, whatever grows; who looks elsewhere is left alone. */
  #scrolled = () => {
    this.#following = atEnd();
    this.#end.hidden = this.#following;
  };

  #draw() {
    const { answer, branch, mood, running } = this.#conversation;
    const lines = this.#lines();
    const views = new Map(lines.map((line) => [line.key, this.#view(line)]));
    for (const [key, view] of this.#views) if (!views.has(key)) view.element.remove();
    this.#views = views;
    lines.forEach((line, index) => {
      const view = views.get(line.key);
      const there = this.#list.children[index] ?? null;
      if (there !== view.element) this.#list.insertBefore(view.element, there);
      view.update(line, running);
    });
    this.#earlier.hidden = !branch.before;
    this.element.dataset.running = running;
    write(this.#status, running ? (mood === "lost" ? "Reconnecting…" : "Answering…") : "");
    this.element.dataset.mood = answer ? mood : "live";
  }

  /** The stored messages, and the answer that is being made at its place. */
  #lines() {
    const { branch, answer } = this.#conversation;
    const stored = branch.messages
      .filter(({ id, role }) => role !== "tool" && (!answer || id !== answer.message))
      .map((message) => ({ key: message.id ?? "pending", message, answer: this.#heard(message) }));
    return answer ? [...stored, { key: answer.message ?? answer, message: null, answer }] : stored;
  }

  #heard = ({ id, role }) => (role === "assistant" ? this.#conversation.heard(id) : null);

  #view({ key, message, answer }) {
    const known = this.#views.get(key) ?? this.#views.get(answer);
    if (known) return known;
    return message?.role === "user" ? new SaidView(this.#acts) : new AnswerView(this.#acts);
  }

  async #more() {
    this.#following = false;
    const from = page().scrollHeight - page().scrollTop;
    await this.#conversation.showEarlier();
    this.#draw();
    page().scrollTop = page().scrollHeight - from;
  }
}

const page = () => document.scrollingElement;
const atEnd = () => page().scrollHeight - page().scrollTop - window.innerHeight < CLOSE_TO_END;
export const toEnd = () => page().scrollTo({ top: page().scrollHeight });
