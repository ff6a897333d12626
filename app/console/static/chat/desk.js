/* One conversation in front of the reader: its head, what was said, where to write. */

import { h, write } from "../dom.js";
import { AskForm } from "./ask-form.js";
import { deleteConversation, exportUrl } from "./api.js";
import { askText, confirm } from "./dialogs.js";
import { menu } from "./menu.js";
import { Panel } from "./panel.js";
import { TalkView, toEnd } from "./talk-view.js";
import { welcome } from "./welcome.js";

export class Desk {
  conversation;
  #events;
  #panel;
  #talk;
  #form;
  #head;
  #title = h("h1", { id: "chat-title", tabindex: -1, dir: "auto" });
  #welcome;

  /** `events` are `{panel, news(conversation), gone()}`: what was open beside the last one, and whom
      to tell. */
  constructor(conversation, choices, events) {
    this.conversation = conversation;
    this.#events = events;
    this.#panel = new Panel(conversation, events.panel);
    this.#talk = new TalkView(conversation, this.#acts);
    this.#form = new AskForm(conversation, choices, (text, wishes) => this.#ask(text, wishes));
    this.#welcome = welcome((text) => this.#form.attempt(() => this.#ask(text, {})));
    this.#head = h("header", { class: "chat-head" },
      h("button", { type: "button", class: "to-shelf", "aria-controls": "shelf", "aria-expanded": "false",
        "aria-label": "Conversations", onclick: (event) => this.#shelf(event) }, "☰"),
      this.#title,
      h("div", { class: "buttons" }, this.#panel.buttons, this.#menu()));
    this.element = h("section", { class: "desk", "aria-labelledby": "chat-title" },
      this.#head,
      h("div", { class: "talk-column" }, this.#welcome, this.#talk.element,
        h("div", { class: "talk-foot" }, this.#form.element)),
      this.#panel.element);
    conversation.addEventListener("change", this.#update);
    document.addEventListener("keydown", this.#key);
    this.#update();
  }

  get panel() {
    return this.#panel.kind;
  }

  /** Called once it is on the page. */
  enter() {
    toEnd();
    if (!matchMedia("(pointer: coarse)").matches) this.#form.focus();
  }

  close() {
    this.conversation.removeEventListener("change", this.#update);
    document.removeEventListener("keydown", this.#key);
    this.#talk.close();
    this.#form.close();
    this.conversation.close();
  }

  #update = () => {
    const { facts, id, messages, answer } = this.conversation;
    const title = facts.title ?? (id ? "New conversation" : "New chat");
    write(this.#title, title);
    document.title = `${title} · Parley`;
    this.#welcome.hidden = Boolean(messages.length || answer);
    this.#talk.element.hidden = !this.#welcome.hidden;
    this.#head.dataset.kept = String(Boolean(id));
    if (this.#running === this.conversation.running) return;
    this.#running = this.conversation.running;
    this.#turned();
  };

  #running = false;

  /** An answer began or ended. */
  #turned() {
    if (!this.#running) this.#panel.refresh();
    if (this.conversation.id) this.#events.news(this.conversation);
  }

  #key = (event) => {
    if (event.key !== "Escape" || !this.conversation.running) return;
    if (!document.querySelector("dialog[open]")) this.#form.stop();
  };

  #shelf({ currentTarget: button }) {
    const open = button.ariaExpanded !== "true";
    button.ariaExpanded = String(open);
    document.querySelector("#shelf").classList.toggle("open", open);
  }

  #ask(text, wishes) {
    const asked = this.conversation.say(text, wishes);
    requestAnimationFrame(toEnd);
    return asked;
  }

  #attempt = (act) => this.#form.attempt(act);

  #acts = {
    regenerate: (message) => this.#attempt(() => this.conversation.regenerate(message)),
    edit: (message, text) => this.#attempt(() => this.conversation.edit(message, text)),
    show: (id) => this.#attempt(() => this.conversation.show(id)),
    think: (message, thumb) => this.#attempt(() => this.conversation.think(message, thumb)),
  };

  #menu() {
    const button = (label, onclick) => h("button", { type: "button", onclick }, label);
    const save = (label, format) => h("a", {
      class: "button", href: "#", download: "", onclick: ({ currentTarget: link }) => {
        link.href = exportUrl(this.conversation.id, format);
      },
    }, label);
    return menu("More", [
      button("Rename…", () => this.#rename()),
      save("Export as Markdown", "markdown"),
      save("Export as JSON", "json"),
      button("Delete…", () => this.#delete()),
    ]);
  }

  #rename() {
    const { conversation } = this;
    const value = conversation.facts.title ?? "";
    const question = { title: "Rename the conversation", label: "Title", value, maxlength: 200 };
    askText({ ...question, act: "Rename" }, async (title) => {
      await conversation.change({ title });
      this.#events.news(conversation);
    });
  }

  #delete() {
    const text = "All its messages go, in all branches. What is remembered of it stays until you " +
      "forget it under Memory.";
    confirm({ title: "Delete this conversation?", text, act: "Delete" }, async () => {
      await deleteConversation(this.conversation.id);
      this.#events.gone();
    });
  }
}
