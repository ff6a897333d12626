/* What is stored of a run, read as if it were heard. */

/** The outcome that a `negotiation_complete` tells. */
export function outcomeOf(complete) {
  const offer = complete.final_offer;
  return {
    deal: Boolean(offer),
    seller: complete.selected_seller_id,
    name: complete.selected_seller_name,
    price: offer ? Number(offer.price) : null,
    quantity: offer?.quantity ?? null,
    reason: complete.reason ?? "",
    seconds: complete.duration_seconds,
  };
}

/** The outcome that a stored room tells; it doesn't say how long it took. */
export function storedOutcome({ final_deal: deal, reason }) {
  return {
    deal: Boolean(deal),
    seller: deal?.seller_id ?? null,
    name: deal?.seller_name ?? null,
    price: deal?.price_per_unit ?? null,
    quantity: deal?.quantity ?? null,
    reason: reason ?? "",
    seconds: null,
  };
}

/** The events that a stored state stands for, so that a finished room is read like a live one. */
export function* eventsOf({ conversation_history, max_rounds }) {
  for (const said of conversation_history) {
    const { round, timestamp, sender_type } = said;
    if (sender_type === "buyer") {
      yield ["round_start", { round_number: round, max_rounds, timestamp }];
      yield ["buyer_message", { ...said, mentioned_sellers: said.mentioned_agents }];
    } else if (sender_type === "seller") {
      yield ["seller_response", { ...said, seller_id: said.sender_id, offer: said.updated_offer }];
    } else {
      yield ["notice", said];
    }
  }
}
