/* What the next call of the model would be sent, and what was left out, with the reasons. */

import { h } from "../dom.js";
import { number, plural } from "../format.js";
import { Notes } from "../notes.js";
import * as api from "./api.js";
import { tokenBar } from "./token-bar.js";

export class ContextPanel {
  #conversation;
  #notes = new Notes();
  #parts = h("div", { class: "panel-parts" });
  element = h("div", { class: "context" }, this.#notes.element, this.#parts);

  constructor(conversation) {
    this.#conversation = conversation;
  }

  async read() {
    const { id } = this.#conversation;
    if (!id) {
      this.#parts.replaceChildren(
        h("p", { class: "quiet" }, "Say something, and here is what the model is sent with it."));
      return;
    }
    try {
      const context = await api.readContext(id);
      this.#notes.clear();
      this.#parts.replaceChildren(...parts(context));
    } catch (error) {
      this.#notes.show(error);
    }
  }
}

function parts({ model, context_window: window, tokens, summary, facts, dropped, messages, recall }) {
  const system = messages.filter(({ role }) => role === "system");
  const recent = messages.filter(({ role }) => role !== "system");
  return [
    h("p", { class: "quiet" }, "The next message goes to ", h("b", {}, model ?? "any model"),
      ` with ${plural(tokens.total, "token")}`, window ? ` of ${number(window)}.` : "."),
    tokenBar(tokens, window),
    part("Memories", facts.length, facts.map(fact), remark(recall)),
    part("Summary", summary ? 1 : 0, summary ? [h("li", { dir: "auto" }, textOf(summary))] : [],
      "Made in the background when the conversation has grown."),
    part("Recent messages", recent.length, recent.map(line), ""),
    part("Left out", dropped.length, dropped.map(left), "Everything fits."),
    part("System text", system.length, system.map(line), ""),
  ];
}

const textOf = (summary) => (typeof summary === "string" ? summary : summary.text);

function part(title, count, items, none) {
  return h("details", { class: "part", open: count > 0 && title !== "System text" },
    h("summary", {}, h("span", { class: "name" }, title), h("small", {}, number(count))),
    count ? h("ul", {}, items) : h("p", { class: "quiet" }, none || "Nothing."));
}

const RECALL = {
  meaning: "Found by meaning. None is near enough to what is being talked about.",
  words: "Found by words, since there are no embeddings here. None has words in common.",
  off: "Memory is off for this conversation.",
};
const remark = (recall) => RECALL[recall] ?? "None.";

const fact = ({ text, why }) => h("li", {},
  h("p", { dir: "auto" }, text), h("small", {}, why));

const line = ({ role, content }) => h("li", {},
  h("small", {}, role), h("p", { class: "clip", dir: "auto" }, content));

const left = ({ what, kind, role, text, content, why, tokens }) => h("li", {},
  h("p", { class: "clip", dir: "auto" }, text ?? content ?? what ?? kind ?? role ?? ""),
  h("small", {}, [why, tokens && plural(tokens, "token")].filter(Boolean).join(" · ")));
