/* A few acts behind one button. */

import { h } from "../dom.js";

/** A menu called `label` of the buttons and links in `entries`. */
export function menu(label, entries) {
  const summary = h("summary", { class: "button", "aria-label": label, title: label },
    h("span", { "aria-hidden": "true" }, "⋯"));
  const list = h("ul", {}, entries.map((entry) => h("li", {}, entry)));
  const element = h("details", { class: "menu" }, summary, list);
  list.addEventListener("click", () => {
    element.open = false;
  });
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !element.contains(relatedTarget)) element.open = false;
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    event.stopPropagation();
    element.open = false;
    summary.focus();
  });
  return element;
}
