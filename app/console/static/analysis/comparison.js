/* Two runs of one room side by side. */

import { h } from "../dom.js";
import { options } from "../fields.js";
import { duration, money, number } from "../format.js";
import { Notes } from "../notes.js";
import { compareRuns, readSessionRuns } from "./api.js";

export class Comparison {
  #session;
  #room;
  #notes = new Notes();
  #result = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Comparison" });
  #one = h("select", { "aria-label": "One run", onchange: () => this.#compare() });
  #other = h("select", { "aria-label": "The other run", onchange: () => this.#compare() });
  element = h("div", { class: "card comparison", hidden: true },
    h("h3", {}, "Compare two runs"),
    h("div", { class: "pick" }, this.#one, h("span", {}, "with"), this.#other),
    this.#notes.element, this.#result);

  constructor(session, room) {
    this.#session = session;
    this.#room = room;
  }

  /** Offers the room's finished runs once there are two; `run` is the one in front. */
  async read(run) {
    const runs = await finishedRuns(this.#session, this.#room).catch(() => []);
    this.element.hidden = runs.length < 2;
    if (runs.length < 2) return;
    const choices = [...runs.map((each) => [each.run_id, label(each)])];
    const other = runs.findLast(({ run_id: id }) => id !== run).run_id;
    this.#one.replaceChildren(...options(choices, other));
    this.#other.replaceChildren(...options(choices, run));
    this.#result.replaceChildren();
    await this.#compare();
  }

  async #compare() {
    const [one, other] = [this.#one.value, this.#other.value];
    this.#notes.clear();
    if (one === other) return this.#result.replaceChildren("Choose two different runs.");
    try {
      const comparison = await compareRuns(one, other);
      this.#result.replaceChildren(table(comparison));
    } catch (error) {
      this.#result.replaceChildren();
      this.#notes.show(error);
    }
  }
}

/** All pages of the session's finished runs that are of this room, the oldest first. A run that
    ends between two pages moves others from one to the next. */
async function finishedRuns(session, room) {
  const found = new Map();
  for (let offset = 0, total = 1; offset < total && offset < MOST_RUNS;) {
    const page = await readSessionRuns(session, offset);
    for (const run of page.runs) if (run.room_id === room) found.set(run.run_id, run);
    total = page.runs.length ? page.total : 0;
    offset += page.runs.length;
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

const MOST_RUNS = 500;
const label = ({ number: run, price }) =>
  `Run ${run}${price == null ? "" : ` · ${money(price)}`}`;

function table({ figures, same_limits: alike, a, b }) {
  const runs = { a: `run ${a.number}`, b: `run ${b.number}` };
  const heads = ["Figure", `Run ${a.number}`, `Run ${b.number}`, "Better for"];
  return h("table", {},
    h("caption", { class: "quiet" }, alike
      ? "The limits were the same, so what differs is how it was negotiated."
      : "The limits weren't the same: what differs may be theirs."),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, figures.map((each) => row(each, runs))));
}

function row({ figure, unit, a, b, buyer, seller, text }, runs) {
  return h("tr", { title: text },
    h("th", { scope: "row" }, text.split(":")[0] || figure),
    h("td", {}, shown(a, unit)), h("td", {}, shown(b, unit)),
    h("td", {}, better({ buyer, seller }, runs)));
}

function better(sides, runs) {
  const parts = Object.entries(sides)
    .filter(([, run]) => runs[run]).map(([side, run]) => `${side}: ${runs[run]}`);
  return parts.join(", ") || "–";
}

function shown(value, unit) {
  if (value == null) return "–";
  if (unit === "usd") return money(Math.round(value * 100) / 100);
  if (unit === "share") return `${Math.round(1000 * value) / 10}%`;
  if (unit === "seconds") return duration(value);
  return number(Math.round(value * 100) / 100);
}
