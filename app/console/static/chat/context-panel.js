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

  #said = (id) => this.#conversation.branch.messages.find((said) => said.id === id)?.content;

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
      this.#parts.replaceChildren(...parts(context, this.#said));
    } catch (error) {
      this.#notes.show(error);
    }
  }
}

const REMARKS = {
  meaning: "Looked for by meaning: none is near enough to what is being talked about.",
  words: "Looked for by words, since nothing here finds by meaning: none has words in common.",
  off: "None was looked for: memory is off here, or couldn't be reached.",
};
const KINDS = { exchange: "An exchange", memory: "A memory", summary: "The summary" };

function parts(context, said) {
  const { model, context_window: window, tokens, summary, facts, dropped, messages } = context;
  const system = messages.filter(({ role }) => role === "system");
  const recent = messages.filter(({ role }) => role !== "system");
  return [
    h("p", { class: "quiet" }, "The next message goes to ", h("b", {}, model), " with ",
      h("b", {}, plural(tokens.total, "token")), ` of the ${number(window)} that it takes.`),
    tokenBar(tokens),
    part("Memories", facts.map(fact), REMARKS[context.recall]),
    part("Summary", summary ? [h("li", { class: "clip", dir: "auto" }, summary)] : [],
      "Made in the background once the conversation has grown."),
    part("Messages, word for word", recent.map(line), "None yet."),
    part("Left out", dropped.map((each) => left(each, said)), "Nothing: everything fits."),
    part("System text", system.map(line), "None.", false),
  ];
}

function part(title, items, none, open = items.length > 0) {
  return h("details", { class: "part", open },
    h("summary", {}, h("span", { class: "name" }, title), h("small", {}, number(items.length))),
    items.length ? h("ul", {}, items) : h("p", { class: "quiet" }, none));
}

const fact = ({ text, why }) => h("li", {}, h("p", { dir: "auto" }, text), h("small", {}, why));

const line = ({ role, content }) => h("li", {},
  h("small", {}, role), h("p", { class: "clip", dir: "auto" }, content));

/** `said` knows the words of messages that are at hand. */
function left({ kind, id, why, tokens }, said) {
  return h("li", {},
    h("p", { class: "clip", dir: "auto" }, said(id) ?? KINDS[kind] ?? kind),
    h("small", {}, `${why} · ${plural(tokens, "token")}`));
}
