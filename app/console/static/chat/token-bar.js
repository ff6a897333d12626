/* How the tokens of a context are shared out, as a bar and in figures. */

import { h, svg } from "../dom.js";
import { number } from "../format.js";

const PARTS = [
  ["system", "System text"], ["memories", "Memories"], ["summary", "Summary"],
  ["recent", "Messages"],
];

export function tokenBar(tokens) {
  const sum = Math.max(1, PARTS.reduce((total, [part]) => total + (tokens[part] ?? 0), 0));
  let x = 0;
  const pieces = PARTS.map(([part]) => {
    const width = (100 * (tokens[part] ?? 0)) / sum;
    const piece = svg("rect", { class: `part-${part}`, x, y: 0, width, height: 10 });
    x += width;
    return piece;
  });
  return h("div", { class: "token-bar" },
    svg("svg", {
      viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true",
    }, pieces),
    h("dl", {}, PARTS.map(([part, label]) => h("div", { class: `part-${part}` },
      h("dt", {}, label), h("dd", {}, number(tokens[part] ?? 0))))));
}
