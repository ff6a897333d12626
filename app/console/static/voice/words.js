/* Spoken words with their times, and where they stand in a text. No DOM. */

const WINDOW = 300;

/** Puts characters with times together to words: `{text, start, end}`, in seconds. */
export class Words {
  list = [];
  #open = null;

  add(characters, starts, ends) {
    characters.forEach((character, i) => this.#put(character, starts[i], ends[i]));
  }

  #put(character, start, end) {
    if (/\s/.test(character)) {
      this.#open = null;
      return;
    }
    if (!this.#open) this.list.push(this.#open = { text: "", start, end });
    this.#open.text += character;
    this.#open.end = end;
  }
}

/** Goes along a text that may have more in it than is spoken, such as names or code. */
export class Places {
  #from = 0;

  /** Where `word` stands next in `text`, as `[from, to]`; null where it isn't near. */
  find(text, word) {
    const bare = word.replace(/^[^\p{L}\p{N}$]+|[^\p{L}\p{N}%]+$/gu, "");
    if (!bare) return null;
    const near = text.slice(this.#from, this.#from + WINDOW + bare.length);
    const at = near.indexOf(bare);
    if (at < 0) return null;
    const from = this.#from + at;
    this.#from = from + bare.length;
    return [from, this.#from];
  }
}
