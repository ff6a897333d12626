/* How much of its own range each side had given up, round by round: 0 is its first wish, 100% its
   limit. Hidden from screen readers, since the sentences say the same. */

import { h, svg } from "../dom.js";
import { shortMoney } from "../format.js";

const HEIGHT = 150;
const PAD = { top: 8, bottom: 20, left: 9, right: 3 };
const SHAPES = {
  boulware: "held out, gave in late", linear: "gave evenly", conceder: "gave early",
};

/** Null where nobody offered. */
export function curveChart(figures, room) {
  const drawn = (figures?.curves ?? []).filter(({ steps }) =>
    steps.some(({ conceded }) => conceded != null));
  if (!drawn.length) return null;
  return h("figure", {},
    svg("svg", { class: "curves", width: "100%", height: HEIGHT, "aria-hidden": "true" },
      grid(figures.course), drawn.map((curve) => line(curve, lane(curve, room)))),
    h("ul", { class: "legend" }, drawn.map((curve) => key(curve, lane(curve, room)))));
}

const lane = ({ agent_id: id }, room) => room.seller(id)?.lane ?? "buyer";
const x = (time) => `${PAD.left + (100 - PAD.left - PAD.right) * Number(time)}%`;
const y = (share) =>
  PAD.top + (1 - Math.min(1, Math.max(0, Number(share)))) * (HEIGHT - PAD.top - PAD.bottom);

function grid({ max_rounds: rounds } = {}) {
  const level = (share) => [
    svg("line", { class: "axis", x1: x(0), x2: x(1), y1: y(share), y2: y(share) }),
    svg("text", { class: "tick-y", x: 0, y: y(share) + 4 }, `${100 * share}%`)];
  return svg("g", {}, [0, 0.5, 1].map(level).flat(),
    svg("text", { class: "tick-x", x: x(0), y: HEIGHT - 4 }, "round 1"),
    svg("text", { class: "upper", x: x(1), y: HEIGHT - 4 }, rounds ? `round ${rounds}` : ""));
}

function line({ steps }, lane) {
  const points = steps.filter(({ conceded }) => conceded != null);
  const links = points.slice(1).map((step, i) => svg("line", {
    x1: x(points[i].time), y1: y(points[i].conceded), x2: x(step.time), y2: y(step.conceded),
  }));
  const dots = points.map(({ time, conceded }) =>
    svg("circle", { cx: x(time), cy: y(conceded), r: 3.5 }));
  return svg("g", { class: "curve", "data-lane": lane }, links, dots);
}

function key({ name, shape, total, side }, lane) {
  const manner = side === "buyer" ? "accepted" : SHAPES[shape] ?? "too few offers to tell";
  const given = side === "seller" ? `, ${shortMoney(Number(total))} in all` : "";
  return h("li", { "data-lane": lane }, h("b", {}, name), ` ${manner}${given}`);
}
