/* Marks the words that are being heard in the text they are read from.

The text itself isn't touched: the words are a named highlight. Who wants less motion sees the line
marked as a whole, by its style alone. */

import { Places, Words } from "./words.js";

const NAME = "spoken";
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Caption {
  #element;
  #words = new Words();
  #places = new Places();
  #next = 0;
  #frame = 0;

  /** `element()` is what holds the text, or null while it isn't on the page. */
  constructor(element) {
    this.#element = element;
  }

  add(characters, starts, ends) {
    this.#words.add(characters, starts, ends);
  }

  follow(sound) {
    cancelAnimationFrame(this.#frame);
    if (still() || !CSS.highlights) return;
    const step = () => {
      this.#to(sound.time);
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    CSS.highlights?.delete(NAME);
  }

  /** Marks the last word that has begun by `time`. */
  #to(time) {
    const { list } = this.#words;
    const element = this.#element();
    if (!element) return;
    let range = null;
    for (; list[this.#next]?.start <= time; this.#next += 1) {
      const place = this.#places.find(element.textContent, list[this.#next].text);
      range = place ? rangeIn(element, ...place) : range;
    }
    if (range) CSS.highlights.set(NAME, new Highlight(range));
  }
}

/** The characters `from` to `to` of the element's text. */
function rangeIn(element, from, to) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const after = before + node.length;
    if (from >= before && from < after) range.setStart(node, from - before);
    if (to <= after) {
      range.setEnd(node, to - before);
      return range;
    }
    before = after;
  }
  return null;
}
