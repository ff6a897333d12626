/* What stands in a room where nothing was said yet: who is there, and who isn't and why. */

import { bdi, h } from "./dom.js";
import { money, plural } from "./format.js";
import { avatar } from "./transcript.js";
import { absence, reasonText } from "./words.js";

export function invitation(room, start) {
  const guest = (seller) => h("li", {}, avatar(seller), bdi(seller.name),
    seller.initialPrice != null && h("small", {}, `lists at ${money(seller.initialPrice)}`));
  return h("div", { class: "invitation" },
    h("h2", {}, `${plural(room.sellers.length, "seller")} at the table`),
    h("ul", { class: "guests" }, room.sellers.map(guest)),
    absent(room),
    h("button", { type: "button", class: "primary large", onclick: start }, "Start negotiating"));
}

export const nobody = (room) =>
  h("div", { class: "invitation" },
    h("h2", {}, "Nobody can serve this item"),
    h("p", {}, reasonText(room.room.reason)),
    absent(room),
    h("p", { class: "quiet" }, "It stays on the list and is counted among the failed items."));

function absent({ room }) {
  if (!room.excluded_sellers?.length) return null;
  return h("ul", { class: "absent" }, room.excluded_sellers.map(({ seller_name, reason }) =>
    h("li", {}, bdi(seller_name), ` ${absence(reason)}`)));
}
