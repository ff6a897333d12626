/* What is known of one room: its facts, and what its events add up to. No DOM, no network. */

import { eventsOf, outcomeOf, storedOutcome } from "./history.js";

const TRANSIENT = new Set(["connected", "heartbeat"]);

export class Negotiation {
  /** How its stream is doing: idle, live or lost. */
  mood = "idle";
  /** Whether its talk is here, and when something new was last heard (milliseconds). */
  loaded = false;
  news = 0;

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
    this.sellers = room.participating_sellers.map((seller, lane) => ({
      id: seller.seller_id, name: seller.seller_name, initialPrice: seller.initial_price, lane,
    }));
    this.status = room.status;
    this.round = Math.max(this.round, room.current_round ?? 0);
    this.maxRounds = room.max_rounds ?? this.maxRounds;
    if (this.ended && !this.outcome) this.#end(storedOutcome(room), this.seq);
  }

  /** Takes the talk of a run that has ended from its stored state, in place of what was heard. */
  recall(state) {
    this.#clear();
    for (const [type, data] of eventsOf(state)) this.apply(type, data);
    this.seq = state.last_event_id ?? this.seq;
    this.runId = state.run_id ?? null;
    this.waiting.clear();
    this.buyerTurn = false;
    this.describe({ ...this.room, status: state.status, current_round: state.current_round });
  }

  #clear() {
    this.runId = null;
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
    buyer_message: (event, seq) => {
      const named = event.mentioned_sellers ?? [];
      this.buyerTurn = false;
      this.waiting = new Set(named.length ? named : this.sellers.map(({ id }) => id));
      this.#say({
        kind: "buyer", ...placeOf(event, seq), name: event.sender_name, text: event.message,
      });
    },
    seller_response: (event, seq) => {
      const before = this.offers.get(event.seller_id)?.price ?? null;
      this.#answered(event.seller_id);
      this.#offer(event.seller_id, event.offer, event.round);
      this.#say({
        kind: "seller", ...placeOf(event, seq), seller: event.seller_id, name: event.sender_name,
        text: event.message, offer: event.offer ?? null, before,
      });
    },
    offer: ({ seller_id, price_per_unit, quantity }) =>
      this.#offer(seller_id, { price: price_per_unit, quantity }, this.round),
    notice: ({ seat_name, message }) =>
      this.#say({ kind: "notice", name: seat_name ?? "", text: message }),
    message_queued: ({ message }) =>
      this.#say({ kind: "notice", name: "", text: `Next, for the buyer: “${message}”` }),
    error: (event) => this.#say({ kind: "error", text: event.message, code: event.error_code }),
    negotiation_complete: (event, seq) => {
      this.status = event.outcome === "aborted" ? "aborted" : "completed";
      this.round = event.rounds_completed;
      this.buyerTurn = false;
      this.waiting.clear();
      this.#end(outcomeOf(event), seq);
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

  #end(outcome, event = 0) {
    this.outcome = outcome;
    this.#say({ kind: "end", event, outcome });
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

/** Where a message stands: its id, its event's number, and when it was said (milliseconds). */
const placeOf = ({ message_id, event_id, timestamp }, seq) =>
  ({ message: message_id ?? null, event: event_id ?? seq, at: Date.parse(timestamp) });
