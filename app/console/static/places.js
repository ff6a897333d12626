/* The parts of Parley: which one is shown, and the way out where something isn't there. */

import { h } from "./dom.js";
import * as route from "./route.js";

const links = [...document.querySelectorAll(".places a")];
const fresh = document.querySelector("#new");
const WAYS_OUT = {
  market: ["market", "Open a new market", route.toMarket()],
  chat: ["conversation", "Begin a new chat", route.toChat()],
};

const placeOf = (page) => (page === "chat" ? "chat" : "market");

/** Marks at the top of the page where the reader is. */
export function markPlace(page) {
  for (const link of links) {
    if (link.dataset.place === placeOf(page)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  fresh.hidden = page === "market" || page === "chat";
}

/** What stands in place of a page that can't be shown. */
export function sorry(error, page) {
  const [what, act, href] = WAYS_OUT[placeOf(page)];
  const gone = error.status === 404;
  return h("section", { class: "sorry" },
    h("h1", { tabindex: -1 }, gone ? `This ${what} doesn't exist (any more)` : "That didn't work"),
    h("p", {}, error.message),
    h("p", {}, h("a", { class: "button primary", href }, act)));
}
