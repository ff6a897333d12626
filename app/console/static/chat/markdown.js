/* Markdown as plain values: what a model writes most, read so that any text has a reading. */

import { itemOf, listOf } from "./markdown-list.js";
import { tableOf } from "./markdown-table.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?: (.*))?$/s;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const QUOTED = /^ {0,3}> ?/;
const BLANK = /^\s*$/;
const DEEPEST = 8;

/** The blocks of `text`: `{kind, start, …}`, where `start` is the place of its first character.

    Kinds: `text` {text}, `heading` {level, text}, `code` {text, language}, `rule`,
    `quote` {blocks}, `list` {ordered, first, items: [blocks]}, `table` {head, rows}. */
export function blocks(text) {
  const lines = text.split("\n");
  const found = read(lines, 0);
  let line = 0;
  let place = 0;
  for (const block of found) {
    while (line < block.start) place += lines[line++].length + 1;
    block.start = place;
  }
  return found;
}

/** The same of `lines`; `start` counts lines here. */
export function read(lines, depth) {
  const found = [];
  let index = 0;
  while (index < lines.length) {
    if (BLANK.test(lines[index])) {
      index += 1;
      continue;
    }
    const { end, ...block } = one(lines, index, depth);
    found.push({ ...block, start: index });
    index = end;
  }
  return found;
}

function one(lines, index, depth) {
  const line = lines[index];
  const [, fence, language] = FENCE.exec(line) ?? [];
  if (fence) return code(lines, index, fence, language.trim().split(/\s/)[0]);
  const heading = HEADING.exec(line);
  if (heading) return headingOf(heading, index);
  if (RULE.test(line)) return { kind: "rule", end: index + 1 };
  if (depth < DEEPEST && QUOTED.test(line)) return quote(lines, index, depth);
  if (depth < DEEPEST && itemOf(line)) return listOf(lines, index, depth, read, begins);
  return tableOf(lines, index) ?? paragraph(lines, index);
}

/** Whether something else than a paragraph begins with `line`. */
const begins = (line) =>
  [FENCE, HEADING, RULE, QUOTED].some((pattern) => pattern.test(line)) || itemOf(line) !== null;

function headingOf([, signs, text = ""], index) {
  return { kind: "heading", level: signs.length, text: trimmed(text), end: index + 1 };
}

/** Without the signs that may close a heading. */
function trimmed(text) {
  const bare = text.trim();
  let end = bare.length;
  while (bare[end - 1] === "#") end -= 1;
  return end === 0 || bare[end - 1] === " " ? bare.slice(0, end).trimEnd() : bare;
}

/** Up to a fence at least as long, or to the end: it may still be coming. */
function code(lines, index, fence, language) {
  const closes = new RegExp(`^ {0,3}${fence[0]}{${fence.length},} *$`);
  let end = index + 1;
  while (end < lines.length && !closes.test(lines[end])) end += 1;
  const text = lines.slice(index + 1, end).join("\n");
  return { kind: "code", text, language, end: Math.min(end + 1, lines.length) };
}

function quote(lines, index, depth) {
  let end = index;
  while (end < lines.length && QUOTED.test(lines[end])) end += 1;
  const inner = lines.slice(index, end).map((line) => line.replace(QUOTED, ""));
  return { kind: "quote", blocks: read(inner, depth + 1), end };
}

function paragraph(lines, index) {
  let end = index + 1;
  while (end < lines.length && !BLANK.test(lines[end]) && !begins(lines[end])) {
    if (tableOf(lines, end)) break;
    end += 1;
  }
  const text = lines.slice(index, end).map((line) => line.trim()).join("\n");
  return { kind: "text", text, end };
}
