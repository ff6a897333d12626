/* What is known of one room: its facts, and what its events add up to. No DOM, no network. */

const TRANSIENT = new Set(["connected", "heartbeat"]);

export class Negotiation {
  /** `room` as the API describes rooms; everything else comes from `apply`. */
  constructor(room) {
    this.id = room.room_id;
    this.seq = 0;
    this.run = 0;
    this.skew = 0;
    this.#clear();
    this.describe(room);
  }

  /** Takes over the room's facts as the service tells them now. */
  describe(room) {
    this.room = room;
    this.item = room.item_name;
    this.quantity = room.quantity_needed;
    this.min = Number(room.buyer_constraints.min_price_per_unit);
    this.max = Number(room.buyer_constraints.max_price_per_unit);
    this.sellers = room.participating_sellers.map(({ seller_id, seller_name, initial_price }, lane) =>
      ({ id: seller_id, name: seller_name, initialPrice: initial_price, lane }));
    this.status = room.status;
    this.round = Math.max(this.round, room.current_round ?? 0);
    this.maxRounds = room.max_rounds ?? this.maxRounds;
    if (this.ended && !this.outcome) this.#end(storedOutcome(room));
  }

  /** Takes the talk of a run that has ended from its stored state, in place of what was heard. */
  recall(state) {
    this.#clear();
    for (const [type, data] of eventsOf(state)) this.apply(type, data);
    this.seq = state.last_event_id ?? this.seq;
    this.waiting.clear();
    this.buyerTurn = false;
    this.describe({ ...this.room, status: state.status, current_round: state.current_round });
  }

  #clear() {
    this.lines = [];
    this.offers = new Map();
    this.path = [];
    this.waiting = new Set();
    this.round = 0;
    this.maxRounds ??= 10;
    this.outcome = null;
    this.startedAt = null;
    this.buyerTurn = false;
  }

  get startable() {
    return this.status === "pending" || this.ended;
  }

  get ended() {
    return this.status === "completed" || this.status === "aborted";
  }

  get running() {
    return this.status === "active";
  }

  seller(id) {
    return this.sellers.find((seller) => seller.id === id) ?? null;
  }

  /** Standing offers, cheapest first; those outside the buyer's limits come last. */
  ranking() {
    const allowed = ({ price }) => price >= this.min && price <= this.max;
    return [...this.offers.values()]
      .map((offer) => ({ ...offer, allowed: allowed(offer) }))
      .sort((a, b) => b.allowed - a.allowed || a.price - b.price);
  }

  /** The offer that a buyer who looks at the price alone would take, or null. */
  best() {
    const [first] = this.ranking();
    return first?.allowed ? first : null;
  }

  /** A new run is about to begin: what belongs to the last one is put away. */
  restart() {
    this.run += 1;
    this.#clear();
    this.status = "active";
  }

  /** Adds one event of the stream. Returns false for one that was heard before. */
  apply(type, data, seq = 0) {
    if (!TRANSIENT.has(type)) {
      if (seq && seq <= this.seq) return false;
      this.seq = Math.max(this.seq, seq);
      if (this.outcome) this.restart();
      this.startedAt ??= Date.parse(data.timestamp);
    }
    this.#heard[type]?.(data, seq);
    return true;
  }

  #heard = {
    connected: ({ timestamp }) => this.#setClock(timestamp),
    heartbeat: ({ timestamp }) => this.#setClock(timestamp),
    round_start: ({ round_number, max_rounds }) => {
      this.status = "active";
      this.round = round_number;
      this.maxRounds = max_rounds;
      this.buyerTurn = true;
      this.waiting.clear();
      this.#say({ kind: "round", round: round_number });
    },
    buyer_message: (event) => {
      const named = event.mentioned_sellers ?? [];
      this.buyerTurn = false;
      this.waiting = new Set(named.length ? named : this.sellers.map(({ id }) => id));
      this.#say({ kind: "buyer", name: event.sender_name, text: event.message });
    },
    seller_response: (event) => {
      const before = this.offers.get(event.seller_id)?.price ?? null;
      this.#answered(event.seller_id);
      this.#offer(event.seller_id, event.offer, event.round);
      this.#say({
        kind: "seller", seller: event.seller_id, name: event.sender_name, text: event.message,
        offer: event.offer ?? null, before,
      });
    },
    offer: (event) =>
      this.#offer(event.seller_id, { price: event.price_per_unit, quantity: event.quantity }, this.round),
    notice: (event) => this.#say({ kind: "notice", name: event.seat_name ?? "", text: event.message }),
    message_queued: (event) =>
      this.#say({ kind: "notice", name: "", text: `Next, for the buyer: “${event.message}”` }),
    error: (event) => this.#say({ kind: "error", text: event.message, code: event.error_code }),
    negotiation_complete: (event) => {
      this.status = event.outcome === "aborted" ? "aborted" : "completed";
      this.round = event.rounds_completed;
      this.buyerTurn = false;
      this.waiting.clear();
      this.#end(outcomeOf(event));
    },
  };

  #setClock(timestamp) {
    this.skew = Date.parse(timestamp) - Date.now();
  }

  #answered(sellerId) {
    this.waiting.delete(sellerId);
    if (!this.waiting.size) this.buyerTurn = true;
  }

  #offer(sellerId, offer, round) {
    if (!offer) return;
    const { price, quantity } = { price: Number(offer.price), quantity: offer.quantity };
    const before = this.offers.get(sellerId);
    if (before?.price === price && before.quantity === quantity) return;
    this.offers.set(sellerId, { seller: sellerId, price, quantity, round });
    this.path.push({ seller: sellerId, price, round });
  }

  #end(outcome) {
    this.outcome = outcome;
    this.#say({ kind: "end", outcome });
  }

  #say(line) {
    this.lines.push(line);
  }

  /** Seconds since the run began, by the service's clock; null before. */
  elapsed() {
    if (this.outcome) return this.outcome.seconds;
    return this.startedAt === null ? null : (Date.now() + this.skew - this.startedAt) / 1000;
  }
}

function outcomeOf(complete) {
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

function storedOutcome({ final_deal: deal, reason }) {
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
function* eventsOf(state) {
  let round = 0;
  for (const said of state.conversation_history) {
    const turn = { ...said, message: said.message ?? said.content };
    if (said.sender_type === "buyer") {
      round = said.round ?? round + 1;
      yield ["round_start", { round_number: round, max_rounds: state.max_rounds, timestamp: said.timestamp }];
      yield ["buyer_message", { ...turn, mentioned_sellers: said.mentioned_agents }];
    } else if (said.sender_type === "seller") {
      yield ["seller_response", { ...turn, seller_id: said.sender_id, offer: said.updated_offer, round }];
    } else {
      yield ["notice", turn];
    }
  }
}
