/* The conversations there are, the last changed first; found by words. */

import { h, write } from "../dom.js";
import { Notes } from "../notes.js";
import { toChat } from "../route.js";
import * as api from "./api.js";
import { when } from "./when.js";

const PAUSE_IN_TYPING = 250;

export class Shelf {
  #shown = null;
  #rows = [];
  #total = 0;
  #asked = 0;
  #timer;
  #list = h("ul");
  #empty = h("p", { class: "quiet" });
  #notes = new Notes();
  #more = h("button", {
    type: "button", class: "more", onclick: () => this.#read(this.#rows.length),
  }, "Show more");
  #search = h("input", {
    type: "search", placeholder: "Search conversations", "aria-label": "Search conversations",
    maxlength: 200, oninput: () => this.#typed(),
  });
  element = h("nav", { class: "shelf", id: "shelf", "aria-label": "Conversations" },
    h("a", { class: "button primary fresh", href: toChat() }, "New chat"),
    this.#search, this.#notes.element, this.#list, this.#empty, this.#more);

  close() {
    clearTimeout(this.#timer);
    this.#asked = Infinity;
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.read(), PAUSE_IN_TYPING);
  }

  /** Reads the list anew, by what is typed. */
  read = () => this.#read(0);

  async #read(offset) {
    const turn = (this.#asked += 1);
    try {
      const page = await api.findConversations(this.#search.value.trim(), offset);
      if (turn !== this.#asked) return; // a later question is on its way
      this.#notes.clear();
      this.#rows = offset ? [...this.#rows, ...page.conversations] : page.conversations;
      this.#total = page.total;
      this.#draw();
    } catch (error) {
      this.#notes.show(error);
    }
  }

  /** Where there is little room it is folded away, until it is asked for. */
  fold() {
    this.element.classList.remove("open");
  }

  /** Marks the conversation that is in front. */
  mark(id) {
    this.#shown = id;
    for (const link of this.#list.querySelectorAll("a")) current(link, link.dataset.id === id);
  }

  #draw() {
    this.#list.replaceChildren(...this.#rows.map((row) => this.#row(row)));
    this.#more.hidden = this.#rows.length >= this.#total;
    const searched = this.#search.value.trim() !== "";
    this.#empty.hidden = this.#rows.length > 0;
    write(this.#empty, searched ? "Nothing found. Try fewer or other words."
      : "No conversations yet. Say something to begin one.");
  }

  #row({ id, title, updated_at, hit }) {
    const link = h("a", { href: toChat(id), "data-id": id },
      h("span", { class: "name", dir: "auto" }, title ?? "New conversation"),
      hit?.snippet && h("span", { class: "snippet", dir: "auto" }, hit.snippet),
      h("span", { class: "state" }, when(updated_at)));
    current(link, id === this.#shown);
    return h("li", {}, link);
  }
}

const current = (link, here) =>
  here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
