/* Marketplaces to begin with, in the shape of `POST /simulation/initialize`. */

const goods = (item_name, cost_price, least_price, selling_price, quantity_available) =>
  ({ item_name, cost_price, least_price, selling_price, quantity_available });

const wanted = (item_name, quantity_needed, min_price_per_unit, max_price_per_unit) =>
  ({ item_name, quantity_needed, min_price_per_unit, max_price_per_unit });

const seller = (name, priority, speaking_style, ...inventory) =>
  ({ name, profile: { priority, speaking_style }, inventory });

const KEEP = "customer_retention";
const PROFIT = "maximize_profit";

export const samples = [
  {
    title: "A small office",
    text: "Laptops, monitors and chairs for eight people. Three shops that all want the order.",
    market: {
      buyer: {
        name: "Harbour Studio",
        shopping_list: [
          wanted("14-inch laptop", 8, 780, 1050),
          wanted("27-inch monitor", 8, 180, 290),
          wanted("Office chair", 8, 120, 240),
        ],
      },
      sellers: [
        seller("TechStore", PROFIT, "neutral",
          goods("14-inch laptop", 700, 820, 1120, 40),
          goods("27-inch monitor", 150, 185, 310, 60)),
        seller("Bargain Bin", PROFIT, "rude",
          goods("14-inch laptop", 690, 790, 1080, 12),
          goods("Office chair", 80, 118, 230, 30)),
        seller("Maple & Sons", KEEP, "very_sweet",
          goods("14-inch laptop", 720, 845, 1090, 20),
          goods("27-inch monitor", 160, 195, 299, 25),
          goods("Office chair", 90, 130, 260, 16)),
      ],
    },
  },
  {
    title: "Beans for a café",
    text: "Fifty kilos of coffee and the oat milk to go with it. Five roasters, prices in cents.",
    market: {
      buyer: {
        name: "Café Anémone",
        shopping_list: [
          wanted("Espresso blend, 1 kg", 50, 11.5, 19.8),
          wanted("Filter roast, 1 kg", 20, 14, 24.5),
          wanted("Oat milk, 1 l", 120, 1.1, 2.35),
        ],
      },
      sellers: [
        seller("Kaffa Roasters", KEEP, "very_sweet",
          goods("Espresso blend, 1 kg", 10.2, 13.4, 20.5, 200),
          goods("Filter roast, 1 kg", 12.8, 16.9, 26, 80)),
        seller("Nordlicht", PROFIT, "neutral",
          goods("Espresso blend, 1 kg", 11, 14.1, 21.9, 500),
          goods("Filter roast, 1 kg", 13.5, 17.5, 27.4, 300)),
        seller("Due Fratelli", PROFIT, "rude",
          goods("Espresso blend, 1 kg", 9.8, 12.9, 19.9, 90)),
        seller("Green Pantry", KEEP, "neutral",
          goods("Oat milk, 1 l", 0.95, 1.32, 2.3, 600),
          goods("Filter roast, 1 kg", 13, 18.2, 25.5, 40)),
        seller("The Dairy Door", PROFIT, "very_sweet",
          goods("Oat milk, 1 l", 1.05, 1.48, 2.49, 1000)),
      ],
    },
  },
  {
    title: "Hard to please",
    text: "A tight budget, a seller who is short of stock, and one item that nobody sells.",
    market: {
      buyer: {
        name: "Field Unit 7",
        shopping_list: [
          wanted("Diesel generator, 5 kW", 2, 900, 1320),
          wanted("Weatherproof tent", 12, 140, 205),
          wanted("Polar expedition permit", 1, 50, 400),
        ],
      },
      sellers: [
        seller("Ironworks Direct", PROFIT, "rude",
          goods("Diesel generator, 5 kW", 1050, 1290, 1680, 6),
          goods("Weatherproof tent", 150, 198, 260, 40)),
        seller("Basecamp Outfitters", KEEP, "very_sweet",
          goods("Weatherproof tent", 140, 176, 239, 15),
          goods("Diesel generator, 5 kW", 1000, 1235, 1590, 2)),
        seller("Last Chance Surplus", PROFIT, "neutral",
          goods("Weatherproof tent", 90, 120, 189, 4)),
      ],
    },
  },
];
