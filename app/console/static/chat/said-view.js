/* What a person said. */

import { h } from "../dom.js";
import { branches } from "./branches.js";

export class SaidView {
  #acts;
  #drawn = null;
  #text = h("p", { class: "bubble", dir: "auto" });
  #foot = h("div", { class: "acts" });
  element = h("li", { class: "said" }, this.#text, this.#foot);

  constructor(acts) {
    this.#acts = acts;
  }

  update({ message }, running) {
    const signature = JSON.stringify([message.content, message.siblings, message.id, running]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    this.#text.textContent = message.content;
    this.#foot.replaceChildren(...(message.id && !running ? this.#foots(message) : []));
  }

  #foots(message) {
    const edit = h("button", { type: "button", class: "act", onclick: () => this.#edit(message) },
      "Edit");
    return [branches(message, this.#acts.show), edit].filter(Boolean);
  }

  /** Puts a box in place of the text until it is sent or given up. */
  #edit(message) {
    const { content: value } = message;
    const text = h("textarea", { dir: "auto", "aria-label": "Your message", value });
    const back = () => {
      form.replaceWith(this.#text);
      this.#foot.hidden = false;
      this.#foot.querySelector(".act:last-child")?.focus();
    };
    const send = (event) => {
      event.preventDefault();
      if (!text.value.trim()) return text.focus();
      back();
      this.#acts.edit(message, text.value.trim());
    };
    const onkeydown = (event) => {
      if (event.key === "Escape") back();
      else if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      else form.requestSubmit();
      event.preventDefault();
      event.stopPropagation();
    };
    const form = h("form", { class: "edit", novalidate: true, onsubmit: send, onkeydown },
      text,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: back }, "Cancel"),
        h("button", { class: "primary" }, "Send")));
    this.#text.replaceWith(form);
    this.#foot.hidden = true;
    text.focus();
  }
}
