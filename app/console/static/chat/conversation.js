/* One conversation: what was said on the branch that is shown, and the answer that is being made.

`change` is sent whenever something of it is different. */

import * as api from "./api.js";
import { Answer } from "./answer.js";
import { Tail } from "./tail.js";

export class Conversation extends EventTarget {
  id;
  facts = { title: null, template: null, model: null, remember: true };
  messages = [];
  hidden = 0;
  answer = null;
  mood = "live";
  #tail = null;
  #answers = new Map();
  #stopAsked = false;

  /** Without an id it begins with its first message. */
  constructor(id = null) {
    super();
    this.id = id;
    document.addEventListener("visibilitychange", this.#look);
  }

  close() {
    this.#tail?.close();
    document.removeEventListener("visibilitychange", this.#look);
  }

  get running() {
    return this.answer?.running ?? false;
  }

  /** What was heard of a message's answer here, if anything. */
  heard(message) {
    return this.#answers.get(message) ?? null;
  }

  #look = () => {
    if (!document.hidden && this.id && !this.running) this.refresh().catch(() => {});
  };

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** Reads it anew, and follows its answer if one is being made. */
  async refresh() {
    if (!this.id) return this;
    const [facts, page] = await Promise.all([
      api.readConversation(this.id), api.readMessages(this.id),
    ]);
    if (this.running) return this; // what was asked meanwhile is newer
    this.facts = facts;
    this.#place(page);
    this.#resume();
    this.#changed();
    return this;
  }

  /** Puts the end of the branch in place, after what was read of it before. */
  #place({ messages, offset }) {
    const known = this.#index(messages[0]);
    if (known < 1) this.hidden = offset;
    this.messages = [...this.messages.slice(0, Math.max(known, 0)), ...messages];
  }

  #index = (message) => this.messages.findIndex(({ id }) => id === message?.id);

  #resume() {
    const last = this.messages.at(-1);
    if (last?.status !== "generating" || !last.generation_id) return;
    this.#attend(new Answer({ generation: last.generation_id, message: last.id }));
    this.#finish(this.#tail.follow()).catch(() => {});
  }

  /** Reads what was said before what is shown. */
  async showEarlier() {
    const offset = Math.max(0, this.hidden - api.PAGE);
    const page = await api.readMessages(this.id, { offset, limit: this.hidden - offset });
    this.messages = [...page.messages, ...this.messages];
    this.hidden = offset;
    this.#changed();
  }

  /** Says `text`; `wishes` go into the request. Resolves when the answer has ended. */
  say(text, wishes = {}) {
    const body = { message: text, ...wishes };
    if (this.id) body.conversation_id = this.id;
    return this.#ask(this.messages, text, (signal) => api.ask(body, signal));
  }

  /** Another answer to the same question, beside the first. */
  regenerate(message) {
    const kept = this.messages.slice(0, this.#index(message));
    return this.#ask(kept, null, (signal) => api.regenerate(message.id, {}, signal));
  }

  /** The question put otherwise, beside the first. */
  edit(message, text) {
    const kept = this.messages.slice(0, this.#index(message));
    return this.#ask(kept, text, (signal) => api.edit(message.id, { message: text }, signal));
  }

  async #ask(kept, text, open) {
    const before = this.messages;
    const said = text === null ? [] : [{ id: null, role: "user", content: text }];
    this.messages = [...kept, ...said];
    this.#attend(new Answer());
    try {
      await this.#finish(this.#tail.ask(open));
    } catch (error) {
      this.messages = before;
      await this.refresh().catch(() => this.#changed());
      if (error.status || this.#lastSaid() !== text) throw error; // else it arrived all the same
    }
  }

  #lastSaid() {
    return this.messages.findLast(({ role }) => role === "user")?.content ?? null;
  }

  #attend(answer) {
    this.#tail?.close();
    this.answer = answer;
    this.#stopAsked = false;
    this.#tail = new Tail(answer, (mood) => this.#heard(answer, mood));
    this.#changed();
  }

  #heard(answer, mood) {
    this.mood = mood;
    this.id ??= answer.conversation ?? null;
    if (answer.message) this.#answers.set(answer.message, answer);
    if (this.#stopAsked) this.stop().catch(() => {});
    this.#changed();
  }

  async #finish(following) {
    const { answer } = this;
    try {
      await following;
    } finally {
      if (this.answer === answer) this.answer = null;
    }
    if (!answer.running) await this.refresh().catch(() => this.#settle(answer));
  }

  /** Keeps what was heard where it can't be read from the service. */
  #settle({ message, text, state, generation }) {
    const said = { id: message, role: "assistant", content: text, status: state };
    this.messages = [...this.messages.filter(({ id }) => id !== message),
      { ...said, generation_id: generation }];
    this.#changed();
  }

  /** Ends the answer with what was said so far. */
  async stop() {
    if (!this.running) return;
    this.#stopAsked = !this.answer.generation;
    if (!this.#stopAsked) await api.stop(this.answer.generation);
  }

  /** Shows the branch that goes on after `message`. */
  async show(message) {
    await this.change({ head_id: message });
    await this.refresh();
  }

  async change(changes) {
    Object.assign(this.facts, this.id ? await api.changeConversation(this.id, changes) : changes);
    this.#changed();
  }

  async think(message, thumb) {
    await (thumb ? api.giveFeedback(message.id, { thumb }) : api.takeFeedbackBack(message.id));
    message.feedback = thumb ? { thumb } : null;
    this.#changed();
  }
}
