/* Questions before something is changed or gone. */

import { h } from "../dom.js";
import { Notes } from "../notes.js";

/** Asks for a line of text; `keep(text)` may refuse it, and the dialog stays and says why. */
export function askText({ title, label, value, maxlength, act }, keep) {
  const input = h("input", { type: "text", name: "value", value, maxlength, dir: "auto" });
  const field = h("label", { class: "field" }, h("span", {}, label), input);
  ask({ title, body: [field], act, danger: false }, () => keep(input.value.trim()));
  input.select();
}

/** Asks whether to; `go()` does it. */
export function confirm({ title, text, act }, go) {
  ask({ title, body: [h("p", {}, text)], act, danger: true }, go);
}

function ask({ title, body, act, danger }, go) {
  const notes = new Notes();
  const close = () => dialog.close();
  const send = async (event) => {
    event.preventDefault();
    notes.clear();
    try {
      await go();
      close();
    } catch (error) {
      notes.show(error);
    }
  };
  const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => dialog.remove() },
    h("form", { novalidate: true, onsubmit: send },
      h("h2", { id: "dialog-title" }, title), ...body, notes.element,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: close }, "Cancel"),
        h("button", { class: danger ? "danger" : "primary" }, act))));
  document.body.append(dialog);
  dialog.showModal();
}
