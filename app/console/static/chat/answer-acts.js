/* What can be done with an answer. */

import { h, svg } from "../dom.js";
import { branches } from "./branches.js";

const THUMB = "M3 10v11M7 21V10l5-8a2.4 2.4 0 0 1 2 3l-1 4h5.6a2.4 2.4 0 0 1 2.3 3l-1.6 6.6" +
  "A3 3 0 0 1 16.4 21z";

/** The buttons under `message`. */
export function answerActs(message, acts, { state, error, text }) {
  const again = state === "failed" ? "Try again" : "Regenerate";
  const retry = error && !error.retryable && state === "failed" ? "Ask again all the same" : again;
  return [
    branches(message, acts.show),
    h("button", { type: "button", class: "act", onclick: () => acts.regenerate(message) }, retry),
    text && copy(text),
    text && acts.voiced?.() && acts.listen(message),
    ...(state === "complete" || state === "stopped" ? thumbs(message, acts) : []),
  ].filter(Boolean);
}

function thumbs(message, { think }) {
  const thumb = (which, label) => {
    const pressed = message.feedback?.thumb === which;
    return h("button", {
      type: "button", class: "act thumb", "aria-label": label, title: label,
      "aria-pressed": String(pressed), "data-thumb": which,
      onclick: () => think(message, pressed ? null : which),
    }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: THUMB })));
  };
  return [thumb("up", "Good answer"), thumb("down", "Bad answer")];
}

function copy(text) {
  const onclick = async ({ currentTarget: button }) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed here";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2_000);
  };
  return h("button", { type: "button", class: "act", onclick }, "Copy");
}
