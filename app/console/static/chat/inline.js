/* Text within a block of Markdown: emphasis, code and links, as a tree of plain values.

Any text has a reading, and reading it takes time in proportion to its length. There is no way to
write markup here: what isn't known below is text. */

const DEEPEST = 12;
const KINDS = { "*": "em", _: "em", "**": "strong", __: "strong", "~~": "del" };
const SPECIAL = /[\\`*_~[]|https?:\/\//g;
const ESCAPED = /\\([!-/:-@[-`{-~])/y;
const TICKS = /`+/y;
const MARKS = /\*+|_+|~+/y;
const LABEL = /\[([^[\]\n]{1,500})\]/;
const TARGET = /<?(https?:\/\/[^\s()<>]{1,2000}(?:\([^\s()<>]*\)[^\s()<>]*){0,20})>?/;
const TITLE = /(?: "[^"\n]{0,500}")?/;
const LABELLED =
  new RegExp(`${LABEL.source}\\(${TARGET.source}${TITLE.source}\\)`, "iy");
const ADDRESS = /https?:\/\/[^\s<>"`]{1,2000}/iy;
const AFTER_ADDRESS = ".,;:!?'*_~])";

const at = (pattern, text, index) => {
  pattern.lastIndex = index;
  return pattern.exec(text);
};

/** `text` as strings and `{kind, parts}` of the kinds above, `{kind: "code", text}` and
    `{kind: "link", href, parts}`. Only `http` and `https` addresses are links. */
export function inline(text) {
  const page = new Page();
  const unclosed = new Set();
  let index = 0;
  for (;;) {
    SPECIAL.lastIndex = index;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    page.put(text.slice(index, next));
    if (next === text.length) return page.finish();
    index = next + read(page, text, next, unclosed);
  }
}

/** Puts what begins at `index`, something special, on the page; how long it was. */
function read(page, text, index, unclosed) {
  const sign = text[index];
  if (sign === "\\") return escape(page, text, index);
  if (sign === "`") return code(page, text, index, unclosed);
  if (sign === "[") return labelled(page, text, index);
  if (sign === "h" || sign === "H") return address(page, text, index);
  return emphasis(page, text, index);
}

function escape(page, text, index) {
  const match = at(ESCAPED, text, index);
  page.put(match ? match[1] : "\\");
  return match ? 2 : 1;
}

/** `unclosed` holds how many backticks are known to have no partner further on. */
function code(page, text, index, unclosed) {
  const ticks = at(TICKS, text, index)[0];
  const start = index + ticks.length;
  const end = unclosed.has(ticks.length) ? -1 : closing(text, ticks, start);
  if (end < 0) {
    unclosed.add(ticks.length);
    page.put(ticks);
    return ticks.length;
  }
  const inner = text.slice(start, end);
  const padded = /^ .*\S.* $/s.test(inner);
  page.put({ kind: "code", text: padded ? inner.slice(1, -1) : inner });
  return end + ticks.length - index;
}

function closing(text, ticks, from) {
  let found = text.indexOf(ticks, from);
  while (found >= 0) {
    const run = at(TICKS, text, found)[0].length;
    if (run === ticks.length) return found;
    found = text.indexOf(ticks, found + run);
  }
  return -1;
}

function labelled(page, text, index) {
  const match = at(LABELLED, text, index);
  page.put(match ? { kind: "link", href: match[2], parts: [match[1]] } : "[");
  return match ? match[0].length : 1;
}

function address(page, text, index) {
  const whole = at(ADDRESS, text, index)?.[0] ?? "";
  const href = withoutEnd(whole);
  if (!URL.canParse(href)) {
    page.put(text[index]);
    return 1;
  }
  page.put({ kind: "link", href, parts: [href] });
  return href.length;
}

/** What closes the sentence around an address isn't part of it. */
function withoutEnd(address) {
  let end = address.length;
  const belongs = address.includes("(") ? AFTER_ADDRESS.replace(")", "") : AFTER_ADDRESS;
  while (belongs.includes(address[end - 1] ?? " ")) end -= 1;
  return address.slice(0, end);
}

/** A run of marks opens where something follows it, closes where something stands before it. */
function emphasis(page, text, index) {
  const run = at(MARKS, text, index)[0];
  const before = text[index - 1] ?? " ";
  const after = text[index + run.length] ?? " ";
  const inWord = run[0] === "_" && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
  const marks = inWord ? null : marksOf(run);
  if (!marks) page.put(run);
  else if (/\S/.test(before) && page.has(marks[0])) marks.forEach((mark) => page.close(mark));
  else if (/\S/.test(after)) marks.toReversed().forEach((mark) => page.open(mark));
  else page.put(run);
  return run.length;
}

/** The marks of a run, the inner first. */
function marksOf(run) {
  if (run.length === 3 && run[0] !== "~") return [run[0], run.slice(1)];
  return run in KINDS ? [run] : null;
}

/** What was read so far, and which emphasis is open. */
class Page {
  #open = [{ mark: "", parts: [] }];

  get #last() {
    return this.#open.at(-1);
  }

  put(part) {
    const { parts } = this.#last;
    if (part === "") return;
    const joins = typeof part === "string" && typeof parts.at(-1) === "string";
    parts.push(joins ? parts.pop() + part : part);
  }

  has(mark) {
    return this.#open.some((level) => level.mark === mark);
  }

  open(mark) {
    if (this.#open.length > DEEPEST) this.put(mark);
    else this.#open.push({ mark, parts: [] });
  }

  /** Closes `mark`; what was opened in it and never closed turns out to be text. */
  close(mark) {
    if (!this.has(mark)) return this.open(mark);
    while (this.#last.mark !== mark) this.#giveUp();
    const { parts } = this.#open.pop();
    this.put({ kind: KINDS[mark], parts });
  }

  #giveUp() {
    const { mark, parts } = this.#open.pop();
    for (const part of [mark, ...parts]) this.put(part);
  }

  finish() {
    while (this.#open.length > 1) this.#giveUp();
    return this.#last.parts;
  }
}
