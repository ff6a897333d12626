/* The inputs and buttons of the form, bound to paths of a draft. */

import { h } from "./dom.js";
import { read } from "./draft.js";
import { field, inputAt, options, reveal } from "./fields.js";

export class FormParts {
  #draft;
  #redraw;

  /** `redraw()` draws the form anew from the draft and returns its element. */
  constructor(draft, redraw) {
    this.#draft = draft;
    this.#redraw = redraw;
  }

  #field(title, path, input, grow = false) {
    input.value = read(this.#draft, path) ?? "";
    return field(title, path, input, { grow });
  }

  text(title, path, { grow, ...props } = {}) {
    const input = h("input", { type: "text", dir: "auto", autocomplete: "off", ...props });
    return this.#field(title, path, input, grow);
  }

  number(title, path, props = {}) {
    const input = h("input", { type: "number", step: "any", inputmode: "decimal", ...props });
    return this.#field(title, path, input);
  }

  price(title, path) {
    return this.number(`${title}, $`, path, { min: 0 });
  }

  count(title, path, props = {}) {
    return this.number(title, path, { step: 1, min: 1, ...props });
  }

  select(title, path, pairs) {
    return this.#field(title, path, h("select", {}, options(pairs)));
  }

  /** Adds what `make()` makes to the list at `path`, and goes on in its input `first`. */
  adder(title, path, first, make, most = Infinity) {
    const list = read(this.#draft, path);
    const add = () => {
      list.push(make());
      reveal(inputAt(this.#redraw(), `${path}.${list.length - 1}.${first}`))?.focus();
    };
    const hidden = list.length >= most;
    return h("button", { type: "button", class: "add", hidden, onclick: add }, title);
  }

  /** Takes an entry out of the list at `path`, and goes on in the one before. One always stays. */
  remover(title, path, index, first, sign = "×") {
    const list = read(this.#draft, path);
    const remove = () => {
      list.splice(index, 1);
      reveal(inputAt(this.#redraw(), `${path}.${Math.max(0, index - 1)}.${first}`))?.focus();
    };
    return h("button", {
      type: "button", class: "remove", "aria-label": title, title, onclick: remove,
      disabled: list.length === 1,
    }, sign);
  }
}
