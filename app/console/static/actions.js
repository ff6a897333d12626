/* What a person may do in a running room: speak for the buyer, and end it. */

import { bdi, h } from "./dom.js";
import { money } from "./format.js";
import { Notes } from "./notes.js";

const LONGEST = 1000;

/** A line of text in the buyer's name, with the sellers' names at hand. */
export function composer(room, send) {
  const notes = new Notes();
  const text = h("textarea", {
    id: "say", rows: 1, maxlength: LONGEST, dir: "auto", placeholder: "Say something for the buyer…",
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    },
  });
  const mention = ({ name, lane }) => h("button", {
    type: "button", class: "mention", "data-lane": lane,
    onclick: () => {
      text.setRangeText(`@${name} `, text.selectionStart, text.selectionEnd, "end");
      text.focus();
    },
  }, "@", bdi(name));
  const submit = async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    try {
      await send(text.value.trim());
      text.value = "";
      notes.clear();
    } catch (error) {
      notes.show(error, []);
    }
  };
  const form = h("form", { class: "composer", novalidate: true, onsubmit: submit },
    h("div", { class: "composer-names", role: "group", "aria-label": "Address a seller" }, room.sellers.map(mention)),
    h("div", { class: "composer-line" },
      h("label", { class: "visually-hidden", for: "say" }, "Message for the buyer"),
      text,
      h("button", { class: "primary" }, "Send")),
    notes.element);
  return form;
}

/** Asks for a decision; resolves when the dialog has closed. */
export function decisionDialog(room, decide) {
  const notes = new Notes();
  const best = room.best() ?? room.ranking()[0];
  const field = (label, name, input, hint) => h("label", { class: "field", "data-field": name },
    h("span", {}, label), input, hint && h("small", {}, hint));
  const seller = h("select", { name: "selected_seller_id" },
    room.sellers.map(({ id, name }) => h("option", { value: id, selected: id === best?.seller }, name)));
  const price = h("input", {
    name: "final_price_per_unit", type: "number", step: "any", min: room.min, max: room.max,
    value: best ? Math.min(best.price, room.max) : room.max,
  });
  const quantity = h("input", {
    name: "quantity", type: "number", min: 1, max: room.quantity, value: best ? Math.min(best.quantity, room.quantity) : room.quantity,
  });
  const reason = h("input", { name: "decision_reason", type: "text", maxlength: 500, dir: "auto" });
  const deal = h("fieldset", { class: "deal-terms" },
    h("legend", { class: "visually-hidden" }, "Terms of the deal"),
    field("Seller", "selected_seller_id", seller),
    h("div", { class: "pair" },
      field("Price each, $", "final_price_per_unit", price, `${money(room.min)} to ${money(room.max)}`),
      field("Quantity", "quantity", quantity, `up to ${room.quantity}`)));
  const choice = (value, label, checked) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "decision_type", value, checked, onchange: () => { deal.hidden = value !== "deal"; } }),
    h("span", {}, label));
  const submit = async (event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(event.target));
    const { decision_type, decision_reason, ...terms } = form;
    try {
      await decide({ decision_type, ...(decision_type === "deal" ? terms : {}), ...(decision_reason ? { decision_reason } : {}) });
      dialog.close();
    } catch (error) {
      notes.show(error);
    }
  };
  const dialog = h("dialog", { class: "decide", "aria-labelledby": "decide-title", onclose: () => dialog.remove() },
    h("form", { novalidate: true, onsubmit: submit },
      h("h2", { id: "decide-title" }, "Decide now"),
      h("p", { class: "quiet" }, "This ends the negotiation at once."),
      h("fieldset", { class: "choices" },
        h("legend", { class: "visually-hidden" }, "Decision"),
        choice("deal", "Make a deal", true),
        choice("no_deal", "Walk away", false)),
      deal,
      field("Reason, if you like", "decision_reason", reason),
      notes.element,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        h("button", { class: "primary" }, "Decide"))));
  document.body.append(dialog);
  dialog.showModal();
}
