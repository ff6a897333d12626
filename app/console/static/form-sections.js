/* The three parts of the form: the buyer, the sellers, and how it is played. */

import { bdi, h } from "./dom.js";
import { MOST_ROWS, newItem, newSeller, newStock } from "./draft.js";
import { plural } from "./format.js";

const PACES = [["0", "Instant"], ["0.3", "Brisk"], ["0.7", "Easy to follow"], ["2", "Slow"]];
const KINDS = [["offline", "Offline"], ["narrated", "Narrated"], ["llm", "Language model"]];
const PROVIDERS = ["offline", "lm_studio", "ollama", "openrouter", "openai"];
const AIMS = [["maximize_profit", "Maximise profit"], ["customer_retention", "Keep the customer"]];
const MANNERS = [["neutral", "Neutral"], ["very_sweet", "Very sweet"], ["rude", "Rude"]];

const or = (title, pairs) => [["", title], ...pairs];
const called = (pairs, value) => pairs.find(([key]) => key === value)?.[1] ?? value;

export function buyerSection(parts, { buyer }) {
  const path = "buyer.shopping_list";
  const row = ({ item_name }, i) => h("li", { class: "row wants", "data-group": `${path}.${i}` },
    parts.text("Item", `${path}.${i}.item_name`, { maxlength: 100, grow: true }),
    parts.count("Quantity", `${path}.${i}.quantity_needed`),
    parts.price("Lowest price", `${path}.${i}.min_price_per_unit`),
    parts.price("Highest price", `${path}.${i}.max_price_per_unit`),
    parts.remover(`Remove ${item_name || "this item"}`, path, i, "item_name"));
  return h("section", { class: "card", "aria-labelledby": "edit-buyer" },
    h("h2", { id: "edit-buyer" }, "The buyer"),
    parts.text("Name", "buyer.name", { maxlength: 50 }),
    h("h3", {}, "Shopping list"),
    h("ol", { class: "rows", "data-group": path }, buyer.shopping_list.map(row)),
    parts.adder("Add an item", path, "item_name", newItem, MOST_ROWS));
}

export function sellersSection(parts, { buyer, sellers }) {
  const item = buyer.shopping_list[0]?.item_name;
  return h("section", { class: "card", "aria-labelledby": "edit-sellers" },
    h("h2", { id: "edit-sellers" }, "The sellers"),
    h("p", { class: "quiet" },
      "What a seller pays and its least price stay with that seller. Items match by name."),
    h("div", { class: "rows", "data-group": "sellers" },
      sellers.map((seller, i) => sellerFields(parts, seller, i, item))),
    parts.adder("Add a seller", "sellers", "name", () => newSeller(item), MOST_ROWS));
}

function sellerFields(parts, { name, inventory, profile }, i, item) {
  const path = `sellers.${i}`;
  const { priority, speaking_style } = profile;
  const digest = [called(AIMS, priority), called(MANNERS, speaking_style)];
  return h("details", { class: "seller", id: `seller-${i}`, "data-group": path },
    h("summary", {},
      h("span", { class: "name" }, bdi(name || "New seller")),
      h("small", {}, [...digest, plural(inventory.length, "item")].join(" · "))),
    h("div", { class: "seller-body" },
      h("div", { class: "row profile" },
        parts.text("Name", `${path}.name`, { maxlength: 50, grow: true }),
        parts.select("Aim", `${path}.profile.priority`, AIMS),
        parts.select("Manner", `${path}.profile.speaking_style`, MANNERS),
        parts.select("Negotiator", `${path}.agent`, or("Like the others", KINDS))),
      h("ol", { class: "rows", "data-group": `${path}.inventory` },
        inventory.map((stock, j) => stockFields(parts, stock, `${path}.inventory`, j))),
      h("div", { class: "buttons" },
        parts.adder("Add an item", `${path}.inventory`, "item_name", () => newStock(item)),
        parts.remover("Remove this seller", "sellers", i, "name", "Remove this seller"))));
}

function stockFields(parts, { item_name }, list, j) {
  const path = `${list}.${j}`;
  return h("li", { class: "row stock", "data-group": path },
    parts.text("Item", `${path}.item_name`, { maxlength: 100, grow: true }),
    parts.price("Cost", `${path}.cost_price`),
    parts.price("Least price", `${path}.least_price`),
    parts.price("List price", `${path}.selling_price`),
    parts.count("In stock", `${path}.quantity_available`),
    parts.remover(`Remove ${item_name || "this item"}`, list, j, "item_name"));
}

export function playSection(parts, llm) {
  return h("section", { class: "card", "aria-labelledby": "edit-play" },
    h("h2", { id: "edit-play" }, "Who negotiates, and how fast"),
    h("div", { class: "row seats" },
      parts.select("Buyer's negotiator", "agents.buyer", or("Server default", KINDS)),
      parts.select("Sellers' negotiators", "agents.sellers", or("Server default", KINDS)),
      parts.select("Pace", "pace_seconds", PACES)),
    modelFields(parts, llm));
}

function modelFields(parts, llm) {
  const provider = { placeholder: `server default (${llm?.provider ?? "?"})`, list: "providers" };
  const choices = (id, values) =>
    h("datalist", { id }, values.map((value) => h("option", { value })));
  return h("details", { class: "model", id: "edit-model", "data-group": "llm_config" },
    h("summary", {},
      h("span", { class: "name" }, "Model and limits"),
      h("small", {}, "the model for language-model and narrated negotiators")),
    h("div", { class: "row llm" },
      parts.text("Provider", "llm_config.provider", provider),
      parts.text("Model", "llm_config.model", { list: "models" }),
      parts.number("Temperature", "llm_config.temperature", { min: 0, max: 1 }),
      parts.count("Longest answer, tokens", "llm_config.max_tokens")),
    h("div", { class: "row llm" },
      parts.count("First round to decide", "min_rounds", { placeholder: "2" }),
      parts.count("Most rounds", "max_rounds", { placeholder: "10" }),
      parts.number("Most minutes", "timeout_minutes", { placeholder: "30" }),
      parts.number("Seed", "seed", { step: 1, placeholder: "random" })),
    choices("providers", PROVIDERS),
    choices("models", llm?.models ?? []));
}
