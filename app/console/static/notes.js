/* What goes wrong is said once, beside whatever it concerns, and read out. */

import { h } from "./dom.js";

/** A place for errors: empty until `show`, empty again after `clear`. */
export class Notes {
  element = h("div", { class: "notes", role: "alert" });

  clear() {
    this.element.replaceChildren();
  }

  /** `error` is an `ApiError`; the details that no input stands for are listed with their paths. */
  show(error, details = error.details ?? []) {
    const item = ({ field, issue }) => h("li", {}, h("code", {}, field), ` ${issue}`);
    this.element.replaceChildren(
      h("p", {}, error.message),
      details.length ? h("ul", {}, details.map(item)) : "");
  }
}
