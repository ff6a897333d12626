/* On the summary page: what was made of each purchase, and of the session as a whole. */

import { bdi, h } from "../dom.js";
import { side } from "./judgement.js";

const SOURCES = { model: "Judged by a model", figures: "From the figures alone" };

/** A card with every purchase that something is said of; empty where there is none. */
export function summaries(purchases) {
  const said = purchases.filter(({ ai_summary: summary }) => summary);
  if (!said.length) return "";
  return h("div", { class: "card analysis summaries" },
    h("h2", {}, "How it was negotiated"),
    said.map(({ item_name: item, ai_summary: summary }) => h("details", {},
      h("summary", {}, h("span", { class: "name" }, bdi(item)), source(summary)),
      h("p", { class: "narrative", dir: "auto" }, summary.narrative),
      h("p", { class: "quiet", dir: "auto" }, summary.deal_winner),
      h("div", { class: "sides" },
        side("Buyer", summary.buyer_analysis), side("Sellers", summary.seller_analysis)),
      highlights(summary.highlights))));
}

export const source = ({ source: who }) =>
  SOURCES[who] && h("span", { class: who === "model" ? "badge best" : "badge" }, SOURCES[who]);

function highlights({ best_offer: best, turning_points: turns, tactics_used: tactics }) {
  const part = (title, lines) => lines.length > 0 && [
    h("h4", {}, title), h("ul", {}, lines.map((line) => h("li", { dir: "auto" }, line)))];
  return h("div", { class: "highlights" },
    best && part("Best offer", [best]), part("Turning points", turns), part("Tactics", tactics));
}
