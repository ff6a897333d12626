/* The messages of the branch that is shown, as far as they were read: its end always. */

import { PAGE, readMessages } from "./api.js";

export class ShownBranch {
  messages = [];
  /** How many come before the first of them. */
  before = 0;

  get lastSaid() {
    return this.messages.findLast(({ role }) => role === "user")?.content ?? null;
  }

  /** Those before `message`. */
  until = (message) => this.messages.slice(0, this.#index(message));

  #index = (message) => this.messages.findIndex(({ id }) => id === message?.id);

  /** Notes what is different of one. */
  note(id, changes) {
    Object.assign(this.messages.find((known) => known.id === id) ?? {}, changes);
  }

  /** Puts the end of the branch in place, after what was read of it earlier. */
  place({ messages, offset }) {
    const known = this.#index(messages[0]);
    if (known < 1) this.before = offset;
    this.messages = [...this.messages.slice(0, Math.max(known, 0)), ...messages];
  }

  /** Reads a page of what comes before. */
  async readEarlier(conversation) {
    const offset = Math.max(0, this.before - PAGE);
    const page = await readMessages(conversation, { offset, limit: this.before - offset });
    this.messages = [...page.messages, ...this.messages];
    this.before = offset;
  }

  /** Keeps what was heard of an answer where it can't be read from the service. */
  keep({ message: id, text: content, state: status, generation: generation_id }) {
    const said = { id, role: "assistant", content, status, generation_id };
    this.messages = [...this.messages.filter((known) => known.id !== id), said];
  }
}
