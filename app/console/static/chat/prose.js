/* A model's Markdown as elements. Its words go in as text, whatever they look like. */

import { h } from "../dom.js";
import { inline } from "./inline.js";
import { blocks } from "./markdown.js";

/** A text that grows: only its end is read and drawn anew. */
export class Prose {
  element = h("div", { class: "prose", dir: "auto" });
  #text = "";
  #settled = 0;

  /** Shows `text`. What went before the last two blocks stays as it is while the text only grows:
      of these, the line that is being written may still change the meaning. */
  show(text) {
    if (!text.startsWith(this.#text)) {
      this.#settled = 0;
      this.element.replaceChildren();
    }
    this.#text = text;
    const found = blocks(text.slice(this.#settled));
    const drawn = found.map(draw);
    for (const old of this.element.querySelectorAll(":scope > :not([data-settled])")) old.remove();
    this.element.append(...drawn);
    if (found.length < 3) return;
    for (const element of drawn.slice(0, -2)) element.dataset.settled = "";
    this.#settled += found.at(-2).start;
  }
}

const DRAW = {
  text: ({ text }) => h("p", {}, words(text)),
  heading: ({ level, text }) => h(`h${Math.min(level + 2, 6)}`, {}, words(text)),
  code: ({ text, language }) => h("pre", { tabindex: 0, "data-language": language || null },
    h("code", {}, text)),
  rule: () => h("hr"),
  quote: ({ blocks: inner }) => h("blockquote", {}, inner.map(draw)),
  list: ({ ordered, first, items }) =>
    h(ordered ? "ol" : "ul", { start: ordered && first !== 1 ? first : null },
      items.map((item) => h("li", {}, item.map(draw)))),
  table: ({ head, rows }) => h("div", { class: "prose-table", tabindex: 0 }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, words(cell))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, words(cell)))))))),
};

const draw = (block) => DRAW[block.kind](block);

const words = (text) => inline(text).map(piece);

function piece(part) {
  if (typeof part === "string") return part;
  if (part.kind === "code") return h("code", {}, part.text);
  const inner = part.parts.map(piece);
  if (part.kind !== "link") return h(part.kind, {}, inner);
  return h("a", { href: part.href, target: "_blank", rel: "noopener noreferrer nofollow" }, inner);
}
