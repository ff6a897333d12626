/* What scorers said of the turns: in all, and beside each message. */

import { h } from "../dom.js";

const TOTALS = [
  ["overall", "Overall"], ["hallucination", "Hallucination"], ["coherence", "Coherence"],
];
const percent = (value) => `${Math.round(100 * value)}%`;
const title = (scorer) => {
  const words = scorer.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The run's scores; null where there are none. */
export function scoreBoard(scores) {
  const known = TOTALS.filter(([name]) => scores?.[name] != null);
  if (!known.length) return null;
  return h("div", { class: "card" },
    h("h3", {}, "Scores"),
    h("dl", { class: "score-board" }, known.map(([name, label]) => h("div", {},
      h("dt", {}, label), h("dd", {}, percent(scores[name])),
      h("meter", {
        min: 0, max: 1, low: 0.4, high: 0.7, optimum: name === "hallucination" ? 0 : 1,
        value: scores[name], "aria-hidden": "true",
      })))));
}

/** Puts a mark under each message of `talk` that was scored, with what the scorers said. */
export function markScores(talk, scores) {
  for (const mark of talk.querySelectorAll(".score-mark")) mark.remove();
  const scored = Map.groupBy(
    (scores?.items ?? []).filter(({ message_id: id, value }) => id && value != null),
    ({ message_id: id }) => id);
  for (const [message, items] of scored) {
    const line = talk.querySelector(`[data-message="${CSS.escape(message)}"]`);
    (line?.querySelector(".words") ?? line?.querySelector(".bubble"))?.after(mark(items));
  }
}

const mark = (items) => h("details", { class: "score-mark" },
  h("summary", {}, items.map(({ scorer, value }) => `${title(scorer)} ${percent(value)}`).join(" · ")),
  h("ul", {}, items.map(({ scorer, explanation }) =>
    h("li", { dir: "auto" }, h("b", {}, title(scorer)), `: ${explanation ?? "no reason given"}`))));
