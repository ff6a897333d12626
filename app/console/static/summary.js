/* What was bought, what wasn't, and at what price. */

import { source, summaries } from "./analysis/summaries.js";
import { readSummary, logUrl } from "./api.js";
import { bdi, h } from "./dom.js";
import { duration, money, number, plural } from "./format.js";
import { reasonText } from "./words.js";

export class Summary {
  element = h("section", { class: "summary", "aria-labelledby": "summary-title" });
  #market;
  #ended;

  constructor(market) {
    this.#market = market;
  }

  /** Asks the service, and again whenever another room has ended. */
  async read() {
    this.#ended = ended(this.#market);
    const summary = await readSummary(this.#market.id);
    this.element.replaceChildren(...parts(summary, this.#market));
    return this;
  }

  update() {
    if (this.#ended !== ended(this.#market)) this.read().catch(() => {}); // it stays as it was
  }
}

const ended = ({ rooms }) =>
  rooms.filter((room) => room.ended).map(({ id, run }) => `${id}/${run}`).join();

const parts = (summary, market) => [
  heading(summary),
  totals(summary),
  summary.purchases.length ? purchases(summary) : "",
  summary.failed_items.length ? failures(summary, market) : "",
  analysis(summary.overall_analysis),
  summaries(summary.purchases),
  logs(market),
];

function heading({ buyer_name, completed_purchases: bought, total_items_requested: wanted }) {
  return h("header", {},
    h("h1", { id: "summary-title", tabindex: -1 }, "Summary"),
    h("p", { class: "quiet" }, bdi(buyer_name), ` bought ${bought} of ${plural(wanted, "item")}.`));
}

function totals({ total_cost_summary: cost, negotiation_metrics: metrics }) {
  const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h("dl", { class: "figures" },
    figure("Spent", money(cost.total_spent)),
    figure("Items bought", number(cost.items_purchased)),
    figure("Saved per item", money(Math.round(cost.average_savings_per_item * 100) / 100)),
    figure("Rounds, on average", number(Math.round(metrics.average_rounds * 10) / 10)),
    figure("Time, on average", duration(metrics.average_duration_seconds)),
    figure("Messages", number(metrics.total_messages_exchanged)));
}

function purchases(summary) {
  const heads = ["Item", "Seller", "Quantity", "Each", "Total", "Rounds", "Time"];
  return h("div", { class: "card scroll", tabindex: 0, role: "region", "aria-label": "Purchases" },
    h("table", {},
      h("caption", {}, "Purchases"),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, summary.purchases.map((bought) => h("tr", {},
        h("th", { scope: "row" }, bdi(bought.item_name)),
        h("td", {}, bdi(bought.selected_seller)),
        h("td", {}, number(bought.quantity)),
        h("td", {}, money(bought.final_price_per_unit)),
        h("td", {}, money(bought.total_cost)),
        h("td", {}, number(bought.negotiation_rounds)),
        h("td", {}, duration(bought.duration_seconds)))))));
}

function failures({ failed_items }, { rooms }) {
  const unserved = (name) => rooms.find((room) => room.item === name && !room.sellers.length);
  const why = ({ item_name, reason }) => reasonText(unserved(item_name)?.room.reason ?? reason);
  return h("div", { class: "card" },
    h("h2", {}, "Not bought"),
    h("ul", { class: "failures" }, failed_items.map((item) =>
      h("li", {}, h("b", {}, bdi(item.item_name)), h("span", { dir: "auto" }, why(item))))));
}

function analysis(overall) {
  if (!overall) return "";
  return h("div", { class: "card overall" },
    h("h2", {}, "Analysis ", source(overall)),
    h("p", { dir: "auto" }, overall.performance_insights),
    h("p", { dir: "auto" }, overall.cross_item_comparison),
    h("ul", {}, overall.recommendations.map((advice) => h("li", { dir: "auto" }, advice))));
}

function logs({ id, rooms }) {
  const played = rooms.filter((room) => room.ended || room.running);
  if (!played.length) return "";
  const link = (room) => h("a", {
    href: logUrl(id, room.id), target: "_blank", rel: "noopener",
  }, bdi(room.item), " (JSON)");
  return h("div", { class: "card" },
    h("h2", {}, "Logs"),
    h("ul", { class: "links" }, played.map((room) => h("li", {}, link(room)))));
}
