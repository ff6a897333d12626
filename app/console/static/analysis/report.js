/* The analysis of one run, drawn: the judgement first, then what it rests on. */

import { bdi, h } from "../dom.js";
import { number, plural } from "../format.js";
import { curveChart } from "./curve-chart.js";
import { eventLinks } from "./event-links.js";
import { judgement } from "./judgement.js";
import { scoreBoard } from "./scores.js";
import { zoneChart } from "./zone-chart.js";

/** Elements for `analysis`, as the API answers it; links lead into `talk`. */
export const report = (analysis, room, talk) => [
  origin(analysis),
  ...judgement(analysis, room, talk),
  scoreBoard(analysis.scores),
  card("Where they could have agreed", zoneChart(analysis.figures, room)),
  card("How they conceded", curveChart(analysis.figures, room)),
  figures(analysis.sentences ?? [], talk),
].filter(Boolean);

const card = (title, ...parts) =>
  parts[0] && h("div", { class: "card" }, h("h3", {}, title), ...parts);

/** Who says this, and what it cost to ask. */
function origin(analysis) {
  const { source, error, refusals } = analysis;
  const judged = source === "model";
  const parts = judged ? asked(analysis) : ["Computed from the log; no model judged it."];
  if (judged && refusals) parts.push(`asked again ${plural(refusals, "time")}`);
  return h("p", { class: "origin quiet" },
    h("span", { class: judged ? "badge best" : "badge" }, judged ? "Judged by a model" : "Figures"),
    ` ${parts.join(" · ")}`,
    error && h("span", { class: "failed" }, ` ${error.message ?? error}`));
}

const cost = new Intl.NumberFormat("en", {
  style: "currency", currency: "USD", minimumSignificantDigits: 1, maximumSignificantDigits: 3,
});

function asked({ provider, model, prompt_version, prompt_tokens, completion_tokens, cost_usd }) {
  const parts = [[provider, model].filter(Boolean).join(":"), prompt_version].filter(Boolean);
  parts.push(`${number(prompt_tokens ?? 0)} in`, `${number(completion_tokens ?? 0)} out`);
  if (cost_usd != null) parts.push(cost.format(Number(cost_usd)));
  return parts;
}

/** Every figure in a plain sentence. */
function figures(sentences, talk) {
  if (!sentences.length) return null;
  return h("details", { class: "card sentences", open: true },
    h("summary", {}, h("h3", {}, "In figures"), h("small", {}, number(sentences.length))),
    h("ul", {}, sentences.map(({ text, event_ids: ids }) =>
      h("li", {}, bdi(text), " ", eventLinks(ids, talk)))));
}
