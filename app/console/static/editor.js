/* The form that a market is opened with: pick a sample, change what you like. */

import { initialize } from "./api.js";
import { bdi, h, write } from "./dom.js";
import { clearFaults, fault, field, inputAt, options, reveal, showFaults } from "./fields.js";
import { plural } from "./format.js";
import { Notes } from "./notes.js";
import { samples } from "./samples.js";

const PACES = [["0", "Instant"], ["0.3", "Brisk"], ["0.7", "Easy to follow"], ["2", "Slow"]];
const KINDS = [["", "Server default"], ["offline", "Offline"], ["narrated", "Narrated"], ["llm", "Language model"]];
const PRIORITIES = [["maximize_profit", "Maximise profit"], ["customer_retention", "Keep the customer"]];
const STYLES = [["neutral", "Neutral"], ["very_sweet", "Very sweet"], ["rude", "Rude"]];
const MOST = 10;

export class Editor {
  #draft;
  #status;
  #opened;
  #notes = new Notes();
  #body = h("div", { class: "editor-body" });
  #submit = h("button", { class: "primary large" }, "Open the market");
  #rooms = h("p", { class: "quiet" });

  /** `opened(answer, startAll)` is called with what `initialize` answered. */
  constructor(status, opened) {
    this.#status = status;
    this.#opened = opened;
    this.#load(samples[0]);
    this.element = this.#layout();
  }

  #load({ market }) {
    const { provider, models = [] } = this.#status?.llm ?? {};
    this.#draft = {
      ...structuredClone(market),
      llm_config: { provider: "", model: models[0] ?? provider ?? "offline", temperature: 0.7, max_tokens: 500 },
      agents: { buyer: "", sellers: "" },
      pace_seconds: "0.7",
      start_all: true,
    };
  }

  #layout() {
    const typed = (event) => this.#typed(event);
    const form = h("form", { class: "editor", novalidate: true, onsubmit: (event) => this.#send(event), oninput: typed, onchange: typed },
      h("header", { class: "opening" },
        h("div", {},
          h("h1", { tabindex: -1 }, "Open a market"),
          h("p", { class: "lead" }, "One buyer, up to ten sellers. Every item on the list gets a room of its own, and in it the agents bargain until there is a deal or the time runs out.")),
        h("img", { src: "/console/opening.svg", alt: "", width: 280, height: 130 })),
      h("fieldset", { class: "samples" }, h("legend", {}, "Begin with a sample"), samples.map((sample, index) => this.#sample(sample, index))),
      this.#body,
      h("div", { class: "editor-foot" },
        this.#notes.element,
        h("div", { class: "editor-send" },
          h("label", { class: "check" }, h("input", { type: "checkbox", checked: true, "data-field": "start_all" }), h("span", {}, "Start every room at once")),
          this.#submit)));
    this.#draw();
    return form;
  }

  #sample({ title, text, market }, index) {
    return h("label", { class: "sample" },
      h("input", { type: "radio", name: "sample", checked: index === 0, onchange: () => this.#pick(index) }),
      h("b", {}, title),
      h("span", {}, text),
      h("small", {}, `${plural(market.buyer.shopping_list.length, "item")}, ${plural(market.sellers.length, "seller")}`));
  }

  #pick(index) {
    const { llm_config, agents, pace_seconds, start_all } = this.#draft;
    this.#load(samples[index]);
    Object.assign(this.#draft, { llm_config, agents, pace_seconds, start_all });
    this.#notes.clear();
    this.#draw();
  }

  /** Draws the whole form from the draft; `focus` is the path of the input to go on with. */
  #draw(focus = null) {
    const open = new Set([...this.#body.querySelectorAll("details[open]")].map(({ id }) => id));
    this.#body.replaceChildren(this.#buyer(), this.#sellers(), this.#play());
    for (const details of this.#body.querySelectorAll("details")) details.open = open.has(details.id);
    if (focus) inputAt(this.element, focus)?.focus();
  }

  #buyer() {
    const { shopping_list: list } = this.#draft.buyer;
    const row = (item, i) => {
      const path = `buyer.shopping_list.${i}`;
      return h("li", { class: "row wants", "data-group": path },
        this.#text("Item", `${path}.item_name`, { maxlength: 100, grow: true }),
        this.#number("Quantity", `${path}.quantity_needed`, { step: 1, min: 1 }),
        this.#number("Lowest price", `${path}.min_price_per_unit`, { money: true }),
        this.#number("Highest price", `${path}.max_price_per_unit`, { money: true }),
        this.#remove(`Remove ${item.item_name || "this item"}`, list, i, `${path}.item_name`));
    };
    return h("section", { class: "card", "aria-labelledby": "edit-buyer" },
      h("h2", { id: "edit-buyer" }, "The buyer"),
      this.#text("Name", "buyer.name", { maxlength: 50 }),
      h("h3", {}, "Shopping list"),
      h("ol", { class: "rows", "data-group": "buyer.shopping_list" }, list.map(row)),
      this.#add("Add an item", list, "buyer.shopping_list", "item_name",
        { item_name: "", quantity_needed: 1, min_price_per_unit: 0, max_price_per_unit: 100 }));
  }

  #sellers() {
    const { sellers } = this.#draft;
    const empty = { name: "", profile: { priority: "maximize_profit", speaking_style: "neutral" }, inventory: [this.#goods()] };
    return h("section", { class: "card", "aria-labelledby": "edit-sellers" },
      h("h2", { id: "edit-sellers" }, "The sellers"),
      h("p", { class: "quiet" }, "What a seller pays and its least price stay with that seller. Items match by name."),
      h("div", { class: "rows", "data-group": "sellers" }, sellers.map((seller, i) => this.#seller(seller, i))),
      this.#add("Add a seller", sellers, "sellers", "name", empty));
  }

  #goods() {
    return { item_name: this.#draft.buyer.shopping_list[0]?.item_name ?? "", cost_price: 50, least_price: 60, selling_price: 100, quantity_available: 10 };
  }

  #seller({ name, inventory, profile }, i) {
    const path = `sellers.${i}`;
    const row = (item, j) => {
      const at = `${path}.inventory.${j}`;
      return h("li", { class: "row stock", "data-group": at },
        this.#text("Item", `${at}.item_name`, { maxlength: 100, grow: true }),
        this.#number("Cost", `${at}.cost_price`, { money: true }),
        this.#number("Least price", `${at}.least_price`, { money: true }),
        this.#number("List price", `${at}.selling_price`, { money: true }),
        this.#number("In stock", `${at}.quantity_available`, { step: 1, min: 1 }),
        this.#remove(`Remove ${item.item_name || "this item"}`, inventory, j, `${at}.item_name`));
    };
    return h("details", { class: "seller", id: `seller-${i}`, "data-group": path },
      h("summary", {},
        h("span", { class: "name" }, bdi(name || "New seller")),
        h("small", {}, [label(PRIORITIES, profile.priority), label(STYLES, profile.speaking_style), plural(inventory.length, "item")].join(" · "))),
      h("div", { class: "seller-body" },
        h("div", { class: "row profile" },
          this.#text("Name", `${path}.name`, { maxlength: 50, grow: true }),
          this.#select("Aim", `${path}.profile.priority`, PRIORITIES),
          this.#select("Manner", `${path}.profile.speaking_style`, STYLES),
          this.#select("Negotiator", `${path}.agent`, [["", "Like the others"], ...KINDS.slice(1)])),
        h("ol", { class: "rows", "data-group": `${path}.inventory` }, inventory.map(row)),
        h("div", { class: "buttons" },
          this.#add("Add an item", inventory, `${path}.inventory`, "item_name", this.#goods()),
          this.#remove("Remove this seller", this.#draft.sellers, i, `${path}.name`, "Remove this seller"))));
  }

  #play() {
    const { llm } = this.#status ?? {};
    const provider = this.#text("Provider", "llm_config.provider", { placeholder: `server default (${llm?.provider ?? "unknown"})`, list: "providers" });
    return h("section", { class: "card", "aria-labelledby": "edit-play" },
      h("h2", { id: "edit-play" }, "Who negotiates, and how fast"),
      h("div", { class: "row seats" },
        this.#select("Buyer's negotiator", "agents.buyer", KINDS),
        this.#select("Sellers' negotiators", "agents.sellers", KINDS),
        this.#select("Pace", "pace_seconds", PACES)),
      h("details", { class: "model", id: "edit-model", "data-group": "llm_config" },
        h("summary", {}, h("span", { class: "name" }, "Model and limits"), h("small", {}, "used by language-model and narrated negotiators")),
        h("div", { class: "row llm" },
          provider,
          this.#text("Model", "llm_config.model", { list: "models" }),
          this.#number("Temperature", "llm_config.temperature", { min: 0, max: 1 }),
          this.#number("Longest answer, tokens", "llm_config.max_tokens", { step: 1, min: 1 })),
        h("div", { class: "row llm" },
          this.#number("First round to decide", "min_rounds", { step: 1, min: 1, placeholder: "2" }),
          this.#number("Most rounds", "max_rounds", { step: 1, min: 1, placeholder: "10" }),
          this.#number("Most minutes", "timeout_minutes", { min: 0, placeholder: "30" }),
          this.#number("Seed", "seed", { step: 1, placeholder: "random" }))),
      h("datalist", { id: "providers" }, ["offline", "lm_studio", "ollama", "openrouter", "openai"].map((value) => h("option", { value }))),
      h("datalist", { id: "models" }, (llm?.models ?? []).map((value) => h("option", { value }))));
  }

  #field(title, path, input, grow = false) {
    input.value = read(this.#draft, path) ?? "";
    return field(title, path, input, { grow });
  }

  #text(title, path, { grow, ...props }) {
    return this.#field(title, path, h("input", { type: "text", dir: "auto", autocomplete: "off", ...props }), grow);
  }

  #number(title, path, { money: isMoney, ...props }) {
    return this.#field(isMoney ? `${title}, $` : title, path,
      h("input", { type: "number", step: "any", inputmode: "decimal", ...(isMoney ? { min: 0 } : {}), ...props }));
  }

  #select(title, path, pairs) {
    return this.#field(title, path, h("select", {}, options(pairs)));
  }

  #add(title, list, path, first, item) {
    return h("button", {
      type: "button", class: "add", hidden: path !== "" && !path.endsWith("inventory") && list.length >= MOST,
      onclick: () => {
        list.push(structuredClone(item));
        this.#draw();
        reveal(inputAt(this.element, `${path}.${list.length - 1}.${first}`))?.focus();
      },
    }, title);
  }

  #remove(title, list, index, path, text = "×") {
    return h("button", {
      type: "button", class: "remove", "aria-label": title, title, disabled: list.length === 1,
      onclick: () => {
        list.splice(index, 1);
        this.#draw(path.replace(/\d+(?=\.[a-z_]+$)/, String(Math.max(0, index - 1))));
      },
    }, text);
  }

  #typed({ target }) {
    const path = target.dataset.field;
    if (!path) return;
    const value = target.type === "checkbox" ? target.checked
      : target.type === "number" ? (target.value === "" ? null : Number(target.value))
        : target.value;
    put(this.#draft, path, value);
    fault(target, "");
    if (/^sellers\.\d+\.name$/.test(path)) {
      write(target.closest("details").querySelector("summary bdi"), value || "New seller");
    }
  }

  async #send(event) {
    event.preventDefault();
    this.#notes.clear();
    clearFaults(this.element);
    this.#submit.disabled = true;
    try {
      await this.#opened(await initialize(request(this.#draft)), this.#draft.start_all);
    } catch (error) {
      this.#notes.show(error, showFaults(this.element, error.details));
    } finally {
      this.#submit.disabled = false;
    }
  }
}

const label = (options, value) => options.find(([key]) => key === value)?.[1] ?? value;

const read = (draft, path) => path.split(".").reduce((at, key) => at?.[key], draft);

function put(draft, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  keys.reduce((at, key) => at[key], draft)[last] = value;
}

const filled = (fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== undefined));

const numbered = (items) => items.map((item, i) => ({ item_id: `item-${i + 1}`, ...item }));

/** The body of `POST /simulation/initialize`. A box left empty is sent as null: a number is asked for. */
function request({ buyer, sellers, llm_config, agents, pace_seconds, ...limits }) {
  const { min_rounds, max_rounds, timeout_minutes, seed } = limits;
  const optional = filled({ min_rounds: min_rounds ?? "", max_rounds: max_rounds ?? "", timeout_minutes: timeout_minutes ?? "", seed: seed ?? "" });
  return {
    buyer: { ...buyer, shopping_list: numbered(buyer.shopping_list) },
    sellers: sellers.map((seller) => ({ ...filled(seller), name: seller.name, inventory: numbered(seller.inventory) })),
    llm_config: { ...filled(llm_config), model: llm_config.model },
    agents: filled(agents),
    pace_seconds: Number(pace_seconds),
    ...optional,
  };
}
