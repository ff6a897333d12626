/* Prices over rounds: every seller a line, the buyer's limits a band. The board beside it says the
   same in words, so the picture is hidden from screen readers. */

import { svg } from "./dom.js";
import { initials, shortMoney } from "./format.js";

const HEIGHT = 190;
const PAD = { left: 6, right: 34, top: 16, bottom: 22 };
const LABEL_GAP = 12;

export class Chart {
  element = svg("svg", { class: "chart", height: HEIGHT, "aria-hidden": "true" });
  #room;
  #width = 0;
  #seen = new ResizeObserver(([entry]) => {
    this.#width = entry.contentRect.width;
    this.update();
  });

  constructor(room) {
    this.#room = room;
    this.#seen.observe(this.element);
  }

  close() {
    this.#seen.disconnect();
  }

  update() {
    if (this.#width < 80) return;
    const scale = this.#scale();
    this.element.replaceChildren(
      this.#band(scale), this.#rounds(scale), ...this.#lines(scale), ...this.#limits(scale));
  }

  #scale() {
    const [low, high] = this.#range();
    const rounds = Math.max(this.#room.maxRounds, this.#room.round, 2);
    const wide = this.#width - PAD.left - PAD.right;
    const tall = HEIGHT - PAD.top - PAD.bottom;
    return {
      rounds,
      low,
      x: (round) => PAD.left + (round / rounds) * wide,
      y: (price) => PAD.top + (1 - (price - low) / (high - low || 1)) * tall,
      left: PAD.left,
      right: PAD.left + wide,
    };
  }

  /** From the lower limit to the highest price, unless the offers would be a thin line on top. */
  #range() {
    const { min, max, path, sellers } = this.#room;
    const prices = [max, ...path.map(({ price }) => price),
      ...sellers.map(({ initialPrice }) => initialPrice).filter(Number.isFinite)];
    const [lowest, high] = [Math.min(...prices), Math.max(...prices)];
    const span = high - lowest || high - min;
    return [lowest - min > 1.5 * span ? lowest - span / 2 : Math.min(min, lowest), high];
  }

  #band({ y, left, right, low }) {
    const { min, max } = this.#room;
    const bottom = y(Math.max(min, low));
    return svg("rect", {
      class: "band", x: left, y: y(max), width: right - left, height: Math.max(1, bottom - y(max)),
    });
  }

  #limits({ y, left, right, low }) {
    const { min, max } = this.#room;
    const label = (side, x, price, text) =>
      svg("text", { class: `limit ${side}`, x, y: y(price) - 5 }, text);
    const upper = label("upper", right - 6, max, `limit ${shortMoney(max)}`);
    return min < low ? [upper] : [upper, label("lower", left + 6, min, shortMoney(min))];
  }

  #rounds({ rounds, x }) {
    const every = Math.ceil(rounds / 10);
    const ticks = Array.from({ length: rounds }, (_, i) => i + 1)
      .filter((round) => round % every === 0)
      .map((round) => svg("text", {
        class: round === this.#room.round ? "tick now" : "tick", x: x(round), y: HEIGHT - 5,
      }, String(round)));
    const start = svg("text", { class: "tick start", x: x(0), y: HEIGHT - 5 }, "list");
    return svg("g", {}, start, ...ticks);
  }

  #lines(scale) {
    const best = this.#room.outcome?.deal ? this.#room.outcome.seller : this.#room.best()?.seller;
    const ends = [];
    const lines = this.#room.sellers.flatMap((seller) => {
      const points = this.#points(seller);
      if (!points.length) return [];
      const at = points.map(({ round, price }) => [scale.x(round), scale.y(price)]);
      ends.push({ seller, y: at.at(-1)[1] });
      const rank = seller.id === best ? "path best" : "path";
      return [svg("g", { class: rank, "data-lane": seller.lane },
        svg("path", { d: steps(at, scale.x(this.#room.round)) }),
        ...at.map(([cx, cy]) => svg("circle", { cx, cy, r: 3.5 })))];
    });
    return [...lines, ...this.#names(ends, scale.right + 6)];
  }

  /** What a seller asked, from its list price on; nothing before its first offer. */
  #points({ id, initialPrice }) {
    const points = this.#room.path.filter(({ seller }) => seller === id);
    const listed = points.length && Number.isFinite(initialPrice);
    return listed ? [{ round: 0, price: initialPrice }, ...points] : points;
  }

  /** Initials at the lines' ends, pushed apart where prices are close. */
  #names(ends, x) {
    ends.sort((a, b) => a.y - b.y);
    let last = -Infinity;
    for (const end of ends) last = end.y = Math.max(end.y, last + LABEL_GAP);
    const over = Math.max(0, last - (HEIGHT - PAD.bottom));
    return ends.map(({ seller, y }) => svg("text", {
      class: "end", "data-lane": seller.lane, x, y: y - over + 4,
    }, initials(seller.name)));
  }
}

/** A price stands until the next one: the line goes on level, then steps. */
function steps(points, now) {
  const [[x, y], ...rest] = points;
  const path = rest.map(([nx, ny]) => `H${nx}V${ny}`).join("");
  return `M${x} ${y}${path}H${Math.max(now, points.at(-1)[0])}`;
}
