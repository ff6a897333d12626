/* What is told of an answer, in words. */

import { number } from "../format.js";

const NOTICES = {
  WAITED: "The model was busy and was asked again.",
  FALLBACK: "Another model than the first choice answered.",
  CHEAPER: "All models of the chain were busy; a cheaper one answered.",
  COMPRESSED: "The context was made smaller to fit the model.",
  CACHED_ANSWER: "No model could be reached: this is an earlier answer to the same question.",
  MEMORY_UNAVAILABLE: "Answered without what is remembered.",
};

/** A notice of the stream has words of its own; of a stored one the code is known. */
export const noticeText = (notice) =>
  notice.message ?? NOTICES[notice] ?? NOTICES[notice.code] ?? String(notice.code ?? notice);

const cost = new Intl.NumberFormat("en", {
  style: "currency", currency: "USD", minimumSignificantDigits: 1, maximumSignificantDigits: 3,
});

/** `1,234 in · 56 out · $0.0021 · saved 300 (20%)`; empty where nothing is known. */
export function usageText(usage) {
  if (usage?.prompt_tokens == null) return "";
  const { prompt_tokens: sent, completion_tokens: said, saved_tokens: saved } = usage;
  const parts = [`${number(sent)} in`, `${number(said ?? 0)} out`];
  if (usage.cost_usd != null) parts.push(cost.format(Number(usage.cost_usd)));
  const share = Math.round((100 * saved) / (sent + saved));
  if (saved > 0) parts.push(`saved ${number(saved)} (${share}%)`);
  return parts.join(" · ");
}

const ERRORS = {
  GENERATION_LOST: "The process that made it is gone.",
  SERVER_CLOSING: "The service was shut down meanwhile.",
  INTERNAL_ERROR: "Something went wrong in the service.",
};

/** Why an answer failed whose stream is over. */
export const errorText = (code) =>
  ERRORS[code] ?? "The model failed: try again, or choose another one.";
