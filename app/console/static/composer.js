/* A line of text in the buyer's name, with the sellers' names at hand. */

import { bdi, h } from "./dom.js";
import { Notes } from "./notes.js";

const LONGEST = 1000;

/** `send(text)` speaks for the buyer; what it can't send stays in the box. */
export function composer(room, send) {
  const notes = new Notes();
  const text = h("textarea", {
    id: "say", rows: 1, maxlength: LONGEST, dir: "auto",
    placeholder: "Say something for the buyer…", onkeydown: sendOnEnter,
  });
  const submit = async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    notes.clear();
    try {
      await send(text.value.trim());
      text.value = "";
    } catch (error) {
      notes.show(error, []);
    }
  };
  return h("form", { class: "composer", novalidate: true, onsubmit: submit },
    h("div", { class: "composer-names", role: "group", "aria-label": "Address a seller" },
      room.sellers.map((seller) => mention(seller, text))),
    h("div", { class: "composer-line" },
      h("label", { class: "visually-hidden", for: "say" }, "Message for the buyer"),
      text,
      h("button", { class: "primary" }, "Send")),
    notes.element);
}

/** Enter sends, with Shift it begins a line; while a word is being composed it does neither. */
function sendOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function mention({ name, lane }, text) {
  const insert = () => {
    text.setRangeText(`@${name} `, text.selectionStart, text.selectionEnd, "end");
    text.focus();
  };
  return h("button", { type: "button", class: "mention", "data-lane": lane, onclick: insert },
    h("span", {}, "@", bdi(name)));
}
