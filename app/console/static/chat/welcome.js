/* What stands in a conversation where nothing was said yet. */

import { h } from "../dom.js";

const STARTS = [
  "My name is Ada and I prefer short answers. What can you do?",
  "Explain what a fallback chain of models is good for.",
  "Draft a friendly note that asks a supplier for a better price.",
];

/** `say(text)` begins with one of the suggestions. */
export const welcome = (say) => h("div", { class: "welcome" },
  h("h2", {}, "What would you like to talk about?"),
  h("p", { class: "quiet" },
    "Answers go on while you are away, and nothing that was said is lost: reload, come back " +
    "later, or ask again another way."),
  h("ul", { class: "starts" }, STARTS.map((text) => h("li", {},
    h("button", { type: "button", onclick: () => say(text) }, text)))));
