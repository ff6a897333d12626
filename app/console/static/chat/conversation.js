/* One conversation: what was said on the branch that is shown, and the answer that is being made.

`change` is sent whenever something of it is different. */

import { sayAloud } from "../voice/api.js";
import * as api from "./api.js";
import { Answer } from "./answer.js";
import { ShownBranch } from "./shown-branch.js";
import { Tail } from "./tail.js";

export class Conversation extends EventTarget {
  id;
  facts = { title: null, template: null, model: null, remember: true };
  branch = new ShownBranch();
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

  /** Reads it anew, and follows its answer if one is being made. `read()` is told in between. */
  async refresh(read = () => {}) {
    if (!this.id) return this;
    const [facts, page] = await Promise.all([
      api.readConversation(this.id), api.readMessages(this.id),
    ]);
    if (this.running) return this; // what was asked meanwhile is newer
    this.facts = facts;
    this.branch.place(page);
    read();
    const last = page.messages.at(-1);
    if (last?.status === "generating" && last.generation_id) this.#resume(last);
    this.#changed();
    return this;
  }

  /** What every turn is told, since it isn't kept from the last one. */
  get #manner() {
    return { remember: this.facts.remember };
  }

  #resume({ id, generation_id }) {
    this.#attend(new Answer({ generation: generation_id, message: id }));
    this.#finish(this.#tail.follow()).catch(() => {});
  }

  async showEarlier() {
    await this.branch.readEarlier(this.id);
    this.#changed();
  }

  /** Says `text`; `wishes` go into the request. Resolves when the answer has ended. */
  say(text, wishes = {}) {
    const body = { message: text, ...wishes, ...this.#manner };
    if (this.id) body.conversation_id = this.id;
    return this.#ask(this.branch.messages, text, (signal) => api.ask(body, signal));
  }

  /** Says what was recorded. Resolves once it is understood; the answer is followed from there. */
  async hear(recording, wishes, signal) {
    const heard = await sayAloud(recording, { conversation_id: this.id, ...wishes }, signal);
    this.id ??= heard.conversation_id;
    const said = { id: null, role: "user", content: heard.text };
    this.branch.messages = [...this.branch.messages, said];
    this.#attend(new Answer({ generation: heard.generation_id }));
    this.#finish(this.#tail.follow()).catch(() => {});
  }

  /** Resolves when no answer is being made. */
  async ended() {
    while (this.running) {
      await new Promise((done) => this.addEventListener("change", done, { once: true }));
    }
  }

  /** Another answer to the same question, beside the first. */
  regenerate(message) {
    return this.#ask(this.branch.until(message), null,
      (signal) => api.regenerate(message.id, this.#manner, signal));
  }

  /** The question put otherwise, beside the first. */
  edit(message, text) {
    return this.#ask(this.branch.until(message), text,
      (signal) => api.edit(message.id, { message: text, ...this.#manner }, signal));
  }

  async #ask(kept, text, open) {
    const before = this.branch.messages;
    const said = text === null ? [] : [{ id: null, role: "user", content: text }];
    this.branch.messages = [...kept, ...said];
    this.#attend(new Answer());
    try {
      await this.#finish(this.#tail.ask(open));
    } catch (error) {
      this.branch.messages = before;
      await this.refresh().catch(() => this.#changed());
      const arrived = !error.status && text !== null && this.branch.lastSaid === text;
      if (!arrived) throw error;
    }
  }

  #attend(answer) {
    this.#tail?.close();
    this.answer = answer;
    this.mood = "live";
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

  /** What was heard stays in front until what is stored takes its place. */
  async #finish(following) {
    const { answer } = this;
    const over = () => {
      if (this.answer === answer) this.answer = null;
    };
    try {
      await following;
    } catch (error) {
      over();
      throw error;
    }
    if (answer.running) return over();
    await this.refresh(over).catch(() => this.#keep(answer, over));
  }

  #keep(answer, over) {
    over();
    this.branch.keep(answer);
    this.#changed();
  }

  /** Ends the answer with what was said so far. */
  async stop() {
    if (!this.running) return;
    this.#stopAsked = !this.answer.generation;
    if (!this.#stopAsked) await api.stop(this.answer.generation);
  }

  /** Shows the branch that goes on after `message`, an id. */
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
    this.branch.note(message.id, { feedback: thumb ? { thumb } : null });
    this.#changed();
  }
}
