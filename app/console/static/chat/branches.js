/* Between the branches that go off at one place: `‹ 2 / 3 ›`. */

import { h } from "../dom.js";

/** A switch for `message`, or null where it stands alone; `show(id)` shows the branch of another. */
export function branches({ id, siblings = [] }, show) {
  if (siblings.length < 2) return null;
  const place = siblings.indexOf(id);
  const step = (to, label, sign) => h("button", {
    type: "button", class: "act step-to", "aria-label": label, title: label,
    disabled: !siblings[to], onclick: () => show(siblings[to]),
  }, sign);
  return h("span", { class: "branches", role: "group", "aria-label": "Branches" },
    step(place - 1, "Previous branch", "‹"),
    h("span", { class: "place" }, `${place + 1} / ${siblings.length}`),
    step(place + 1, "Next branch", "›"));
}
