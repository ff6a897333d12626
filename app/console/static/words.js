/* What a room's facts are called. */

import { bdi } from "./dom.js";
import { money, number, shortMoney } from "./format.js";

const REASONS = {
  no_inventory: "No seller has it.",
  insufficient_quantity: "No seller has enough of it.",
  price_mismatch: "No seller's prices meet the buyer's limits.",
};

const ABSENCES = {
  no_inventory: "doesn't have it",
  insufficient_quantity: "doesn't have enough",
  price_mismatch: "is outside the buyer's limits",
};

/** A stored reason as a sentence; anything unknown is shown as it came. */
export const reasonText = (reason) => REASONS[reason] ?? reason ?? "";

/** Why a seller isn't in the room, to stand behind its name. */
export const absence = (reason) => ABSENCES[reason] ?? reason;

/** Where the room stands, in a few words. */
export function stage(room) {
  if (room.status === "no_sellers_available") return "No sellers";
  if (room.status === "pending") return "Not started";
  if (room.status === "aborted") return "Broken off";
  if (room.outcome?.deal) return `Deal at ${shortMoney(room.outcome.price)}`;
  if (room.ended) return "No deal";
  if (room.mood === "lost") return "Reconnecting…";
  return room.round ? `Round ${room.round} of ${room.maxRounds}` : "Starting";
}

/** What came of it: `Deal: TechStore sells 8 for $905 each.` */
export function sentence({ deal, name, price, quantity }, { status }) {
  if (deal) return ["Deal: ", bdi(name), ` sells ${number(quantity)} for ${money(price)} each.`];
  return [status === "aborted" ? "The negotiation was broken off." : "No deal."];
}
