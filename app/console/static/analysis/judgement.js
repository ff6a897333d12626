/* What was made of a run in words: by a model, or from the figures alone. */

import { bdi, h } from "../dom.js";
import { number } from "../format.js";
import { eventLinks } from "./event-links.js";

const WINNERS = {
  buyer: "The buyer did better", seller: "The seller did better", balanced: "Both did well",
  none: "Nobody won",
};

/** The cards for an analysis; of one without a judgement, those its summary is enough for. */
export function judgement({ judgement: found, ai_summary: summary, figures }, room, talk) {
  if (found) return judged(found, room, talk);
  return summary ? summed(summary, figures) : [];
}

const judged = (found, room, talk) => [
  h("div", { class: "card verdicts" },
    h("div", { class: "quality" },
      h("p", { class: "verdict-sum" }, number(found.quality_score), h("small", {}, " / 100")),
      h("p", { class: "quiet" }, "Quality of the negotiation"),
      h("p", {}, WINNERS[found.deal_winner] ?? found.deal_winner)),
    h("p", { class: "narrative", dir: "auto" }, found.narrative)),
  h("div", { class: "sides" },
    side("Buyer", found.buyer),
    found.sellers.map((seller) => side(nameOf(seller.seller_id, room), seller))),
  points("Turning points", found.turning_points, talk),
  points("Tactics", found.tactics.map((tactic) => ({
    ...tactic, lead: [h("b", {}, tactic.name), ` (${nameOf(tactic.by, room)}): `],
  })), talk),
  found.best_offer && points("Best offer",
    [{ text: found.best_offer.text, event_ids: [found.best_offer.event_id] }], talk),
  advice(found.recommendations),
].filter(Boolean);

/** The same from the summary of the wire contract. */
const summed = (summary) => [
  h("div", { class: "card" }, h("p", { class: "narrative", dir: "auto" }, summary.narrative)),
  h("div", { class: "sides" },
    side("Buyer", summary.buyer_analysis), side("Sellers", summary.seller_analysis)),
  advice(summary.highlights.turning_points, "Turning points"),
  advice(summary.highlights.tactics_used, "Tactics"),
].filter(Boolean);

const nameOf = (id, room) => (id === "buyer" ? "Buyer" : room.seller(id)?.name ?? "Seller");

export function side(name, { strategy, effectiveness, what_went_well: well, what_to_improve: better }) {
  const list = (title, lines) => lines?.length > 0 && [
    h("h4", {}, title), h("ul", {}, lines.map((line) => h("li", { dir: "auto" }, line)))];
  return h("div", { class: "card side" },
    h("h3", {}, bdi(name)),
    strategy && h("p", { dir: "auto" }, strategy),
    effectiveness != null && h("p", { class: "rate" },
      h("meter", { min: 0, max: 100, value: effectiveness, "aria-hidden": "true" }),
      h("span", {}, `Effective: ${number(effectiveness)} of 100`)),
    list("Went well", well), list("To improve", better));
}

function points(title, found, talk) {
  if (!found?.length) return null;
  return h("div", { class: "card" },
    h("h3", {}, title),
    h("ul", { class: "points" }, found.map(({ lead, text, event_ids: ids }) =>
      h("li", { dir: "auto" }, lead, text, " ", eventLinks(ids, talk)))));
}

/** Lines, or what follows from which figure. */
function advice(lines, title = "Recommendations") {
  if (!lines?.length) return null;
  return h("div", { class: "card" },
    h("h3", {}, title),
    h("ul", { class: "points" }, lines.map((line) => h("li", { dir: "auto" },
      line.text ?? line, line.figure && h("small", { class: "from" }, ` from ${line.figure}`)))));
}
