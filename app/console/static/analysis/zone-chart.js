/* Between which prices buyer and seller could have agreed, a row for each seller. The sentences
   say the same in words, so the picture is hidden from screen readers. */

import { h, svg } from "../dom.js";
import { shortMoney } from "../format.js";

const ROW = 64;
const MARGIN = 4;

/** Null where there is nobody to draw. */
export function zoneChart(figures, room) {
  const zones = figures?.zones ?? [];
  if (!zones.length) return null;
  const x = scale(zones, figures.deal);
  const rows = zones.map((zone, i) => row(zone, figures, x, i * ROW, room.seller(zone.seller_id)));
  return h("figure", { "aria-hidden": "true" },
    svg("svg", { class: "zones", width: "100%", height: zones.length * ROW }, rows),
    h("figcaption", { class: "quiet" }, legend(figures)));
}

function legend({ deal, bargain }) {
  const parts = ["From what the seller needs to what the buyer may pay"];
  if (bargain) parts.push("│ the price that shares the gain (Nash)");
  if (deal) parts.push("● the deal");
  return parts.join(" · ");
}

/** Percent of the width for a price. */
function scale(zones, deal) {
  const prices = [...zones.flatMap(({ low, high }) => [Number(low), Number(high)]),
    ...(deal ? [Number(deal.price)] : [])];
  const [least, most] = [Math.min(...prices), Math.max(...prices)];
  const span = most - least || 1;
  return (price) => MARGIN + ((100 - 2 * MARGIN) * (Number(price) - least)) / span;
}

function row(zone, { deal, bargain }, x, top, seller) {
  const [from, to] = [x(zone.low), x(zone.high)].sort((a, b) => a - b);
  const middle = top + 27;
  const mine = ({ seller_id: id }) => id === zone.seller_id;
  const text = zone.exists
    ? `${shortMoney(zone.low)} to ${shortMoney(zone.high)}`
    : `no price suits both: ${shortMoney(zone.low)} needed, ${shortMoney(zone.high)} at most`;
  return svg("g", { "data-lane": seller?.lane ?? 0 },
    svg("text", { x: 0, y: top + 12, class: "end" }, zone.seller_name),
    svg("text", { x: 0, y: top + 50 }, text),
    svg("line", { class: "axis", x1: "0%", x2: "100%", y1: middle, y2: middle }),
    svg("rect", {
      class: zone.exists ? "zone" : "zone none", x: `${from}%`, width: `${Math.max(to - from, 0.5)}%`,
      y: middle - 7, height: 14, rx: 4,
    }),
    bargain && mine(bargain) && svg("line", {
      class: "solution", x1: `${x(bargain.nash.price)}%`, x2: `${x(bargain.nash.price)}%`,
      y1: middle - 11, y2: middle + 11,
    }),
    deal && mine(deal) && svg("circle", {
      class: "deal", cx: `${x(deal.price)}%`, cy: middle, r: 6,
    }));
}
