/* What the form holds: the request of `POST /simulation/initialize` in the making. */

export const MOST_ROWS = 10;

export const newItem = () =>
  ({ item_name: "", quantity_needed: 1, min_price_per_unit: 0, max_price_per_unit: 100 });

export const newStock = (item_name = "") => ({
  item_name, cost_price: 50, least_price: 60, selling_price: 100, quantity_available: 10,
});

export const newSeller = (item_name) => ({
  name: "",
  profile: { priority: "maximize_profit", speaking_style: "neutral" },
  inventory: [newStock(item_name)],
});

/** A sample's market; how it is played is taken over from `kept`, the draft before it. */
export function draftOf({ market }, llm, kept = null) {
  const { llm_config, agents, pace_seconds, start_all } = kept ?? {
    llm_config: {
      provider: "",
      model: llm?.models?.[0] ?? llm?.provider ?? "offline",
      temperature: 0.7,
      max_tokens: 500,
    },
    agents: { buyer: "", sellers: "" },
    pace_seconds: "0.7",
    start_all: true,
  };
  return { ...structuredClone(market), llm_config, agents, pace_seconds, start_all };
}

/** The value at a path like `sellers.0.name`. */
export const read = (draft, path) => path.split(".").reduce((at, key) => at?.[key], draft);

export function put(draft, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  keys.reduce((at, key) => at[key], draft)[last] = value;
}

const filled = (fields) => Object.fromEntries(
  Object.entries(fields).filter(([, value]) => value !== "" && value != null));

const numbered = (items) => items.map((item, i) => ({ item_id: `item-${i + 1}`, ...item }));

/** The body of the request. Choices left open are left out; a number that is needed and missing
    goes as null, so that the service says so. */
export function requestOf(draft) {
  const { buyer, sellers, llm_config, agents, pace_seconds } = draft;
  const { min_rounds, max_rounds, timeout_minutes, seed } = draft;
  return {
    buyer: { ...buyer, shopping_list: numbered(buyer.shopping_list) },
    sellers: sellers.map(({ agent, inventory, ...seller }) =>
      ({ ...seller, ...filled({ agent }), inventory: numbered(inventory) })),
    llm_config: { ...llm_config, provider: llm_config.provider || null },
    agents: filled(agents),
    pace_seconds: Number(pace_seconds),
    ...filled({ min_rounds, max_rounds, timeout_minutes, seed }),
  };
}
