/* The chat page: the conversations at the side, one of them in front, its insides beside it. */

import { h } from "../dom.js";
import { toChat } from "../route.js";
import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { Desk } from "./desk.js";
import { Shelf } from "./shelf.js";

const TITLE_MS = [400, 1_500, 5_000];

export class ChatPage {
  #choices;
  #desk = null;
  #shelf = new Shelf();
  #front = h("div", { class: "front" });
  #timer;
  element = h("div", { class: "chat" }, this.#shelf.element, this.#front);

  /** `models` are the names that are offered. */
  constructor(models) {
    const templates = api.readTemplates().then(({ templates: known }) => known, () => []);
    this.#choices = templates.then((known) => ({ templates: known, models }));
    this.#shelf.read();
  }

  close() {
    clearTimeout(this.#timer);
    this.#desk?.close();
    this.#shelf.close();
  }

  /** Puts the conversation with this id in front; without one, a new one. */
  async show(id) {
    const conversation = await new Conversation(id).refresh();
    const choices = await this.#choices;
    const panel = this.#desk?.panel ?? null;
    this.#desk?.close();
    this.#desk = new Desk(conversation, choices, { panel, news: this.#news, gone: this.#gone });
    this.#front.replaceChildren(this.#desk.element);
    this.#shelf.mark(id);
    this.#shelf.fold();
    this.#desk.enter();
  }

  /** A conversation began, was renamed, or has a new answer. */
  #news = (conversation) => {
    const { id } = conversation;
    if (this.#desk.conversation !== conversation || !id) return;
    if (location.hash !== toChat(id)) history.replaceState(null, "", toChat(id));
    this.#shelf.mark(id);
    this.#shelf.read();
    this.#await(conversation, 0);
  };

  /** A title is made in the background, a moment after the first answer. */
  #await(conversation, tries) {
    clearTimeout(this.#timer);
    if (conversation.facts.title || tries >= TITLE_MS.length) return;
    this.#timer = setTimeout(async () => {
      if (!conversation.facts.title) await conversation.refresh().catch(() => {});
      if (conversation.facts.title) this.#shelf.read();
      this.#await(conversation, tries + 1);
    }, TITLE_MS[tries]);
  }

  #gone = () => {
    this.#shelf.read();
    location.hash = toChat();
  };
}
