/* One conversation in front of the reader: its head, what was said, where to write. */

import { h } from "../dom.js";
import { speaker } from "../voice/speaker.js";
import { AskForm } from "./ask-form.js";
import { ChatHead } from "./chat-head.js";
import { Panel } from "./panel.js";
import { Spoken } from "./spoken.js";
import { TalkView, toEnd } from "./talk-view.js";
import { welcome } from "./welcome.js";

export class Desk {
  conversation;
  #news;
  #head;
  #panel;
  #talk;
  #form;
  #spoken;
  #welcome;
  #running;
  #id;

  /** `panel` is what stands open beside the talk; `news(conversation)` is told of what its list
      entry shows, `gone()` that it was deleted. */
  constructor(conversation, choices, { panel, news, gone }) {
    this.conversation = conversation;
    this.#running = conversation.running;
    this.#id = conversation.id;
    this.#news = () => news(conversation);
    this.#panel = new Panel(conversation, panel);
    this.#head = new ChatHead(conversation, this.#panel.buttons, { renamed: this.#news, gone });
    this.#talk = new TalkView(conversation, this.#acts);
    this.#form = new AskForm(conversation, choices, (text, wishes) => this.#ask(text, wishes));
    this.#spoken = new Spoken(conversation, this.#form, this.#talk);
    this.#welcome = welcome((text) => this.#form.ask(text));
    this.element = h("section", { class: "desk", "aria-labelledby": "chat-title" },
      this.#head.element,
      h("div", { class: "talk-column" },
        this.#welcome, this.#talk.element, h("div", { class: "talk-foot" }, this.#form.element)),
      this.#panel.element);
    conversation.addEventListener("change", this.#update);
    document.addEventListener("keydown", this.#key);
    this.#update();
  }

  get panel() {
    return this.#panel.kind;
  }

  /** Called once it is on the page. A keyboard on the screen isn't called up. */
  enter() {
    toEnd();
    if (!matchMedia("(pointer: coarse)").matches) this.#form.focus();
  }

  close() {
    this.conversation.removeEventListener("change", this.#update);
    document.removeEventListener("keydown", this.#key);
    this.#panel.close();
    this.#spoken.close();
    this.#talk.close();
    this.#form.close();
    this.conversation.close();
  }

  #update = () => {
    const { branch, answer, running, id } = this.conversation;
    this.#head.update();
    this.#welcome.hidden = Boolean(branch.messages.length || answer);
    this.#talk.element.hidden = !this.#welcome.hidden;
    if (this.#running === running && this.#id === id) return;
    const ended = this.#running && !running;
    [this.#running, this.#id] = [running, id];
    if (ended) this.#panel.turned();
    if (id) this.#news();
  };

  #key = (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (this.#spoken.cancel()) return;
    if (this.conversation.running || speaker.key) this.#form.stop();
  };

  #ask(text, wishes) {
    this.#spoken.aloud.expect();
    const asked = this.conversation.say(text, wishes);
    requestAnimationFrame(toEnd);
    return asked;
  }

  /** The button that was pressed is gone meanwhile, so the box has the focus. */
  #again(act) {
    this.#form.focus();
    this.#spoken.aloud.expect();
    return this.#form.attempt(act);
  }

  #acts = {
    voiced: () => this.#spoken?.here ?? false,
    listen: (message) => this.#spoken.aloud.button(message),
    regenerate: (message) => this.#again(() => this.conversation.regenerate(message)),
    edit: async (message, text) => {
      const sent = await this.#again(() => this.conversation.edit(message, text));
      if (!sent) this.#form.offer(text);
    },
    show: async (id) => {
      await this.#form.attempt(() => this.conversation.show(id));
      this.#talk.focus(id, ".step-to:enabled");
    },
    think: (message, thumb) => this.#form.attempt(() => this.conversation.think(message, thumb)),
  };
}
