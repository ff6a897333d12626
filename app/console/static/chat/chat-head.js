/* Above the talk: its title, and what can be done with the conversation as a whole. */

import { h, write } from "../dom.js";
import { deleteConversation, exportUrl } from "./api.js";
import { askText, confirm } from "./dialogs.js";
import { menu } from "./menu.js";

const LOSS = "All its messages go, in all branches. What is remembered of it stays until you " +
  "forget it under Memory.";

export class ChatHead {
  #conversation;
  #renamed;
  #gone;
  #title = h("h1", { id: "chat-title", tabindex: -1, dir: "auto" });

  /** `buttons` open what stands beside the talk; `renamed()` and `gone()` are told of it. */
  constructor(conversation, buttons, { renamed, gone }) {
    this.#conversation = conversation;
    this.#renamed = renamed;
    this.#gone = gone;
    this.element = h("header", { class: "chat-head" },
      h("button", {
        type: "button", class: "to-shelf", "aria-controls": "shelf", "aria-expanded": "false",
        "aria-label": "Conversations", onclick: toggleShelf,
      }, "☰"),
      this.#title,
      h("div", { class: "buttons" }, buttons, this.#menu()));
  }

  update() {
    const { facts, id } = this.#conversation;
    const title = facts.title ?? (id ? "New conversation" : "New chat");
    write(this.#title, title);
    document.title = `${title} · Parley`;
    this.element.dataset.kept = String(Boolean(id));
  }

  #menu() {
    const button = (label, onclick) => h("button", { type: "button", onclick }, label);
    return menu("More", [
      button("Rename…", () => this.#rename()),
      this.#save("Export as Markdown", "markdown"),
      this.#save("Export as JSON", "json"),
      button("Delete…", () => this.#delete()),
    ]);
  }

  /** The address is known once the conversation has an id. */
  #save(label, format) {
    const onclick = ({ currentTarget: link }) => {
      link.href = exportUrl(this.#conversation.id, format);
    };
    return h("a", { class: "button", href: "#", download: "", onclick }, label);
  }

  #rename() {
    const value = this.#conversation.facts.title ?? "";
    const question = { title: "Rename the conversation", label: "Title", value, maxlength: 200 };
    askText({ ...question, act: "Rename" }, async (title) => {
      await this.#conversation.change({ title: title || null });
      this.#renamed();
    });
  }

  #delete() {
    confirm({ title: "Delete this conversation?", text: LOSS, act: "Delete" }, async () => {
      await deleteConversation(this.#conversation.id);
      this.#gone();
    });
  }
}

function toggleShelf({ currentTarget: button }) {
  const open = button.ariaExpanded !== "true";
  button.ariaExpanded = String(open);
  document.querySelector("#shelf").classList.toggle("open", open);
}
