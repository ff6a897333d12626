/* Lists in Markdown. Models indent what belongs to an item by two to four blanks, whatever the
   length of its sign; so two are enough here. */

const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)(.*)$/s;
const BLANK = /^\s*$/;
const BELONGS = 2;

/** The item that begins with `line`: how far it stands in, whether it has a number, its text. */
export function itemOf(line) {
  const match = ITEM.exec(line);
  if (!match) return null;
  const [, indent, sign, gap, text] = match;
  const ordered = sign.length > 1;
  const width = sign.length + Math.min(Math.max(gap.length, 1), 4);
  return { indent: indent.length, width, ordered, number: parseInt(sign, 10) || 0, text };
}

/** The list that begins at `index`. `read(lines, depth)` reads what an item holds; `begins(line)`
    tells whether a line is more than the going on of a paragraph. */
export function listOf(lines, index, depth, read, begins) {
  const first = itemOf(lines[index]);
  const items = [];
  let end = index;
  for (;;) {
    const item = end < lines.length ? itemOf(lines[end]) : null;
    if (!item || item.ordered !== first.ordered) break;
    const held = bodyEnd(lines, end + 1, item.indent, begins);
    const body = lines.slice(end + 1, held).map((line) => outdent(line, item));
    items.push(read([item.text, ...body], depth + 1));
    end = skipBlank(lines, held);
  }
  return { kind: "list", ordered: first.ordered, first: first.number, items, end };
}

/** Where what belongs to an item ends: at a line that stands no further in than the item, unless it
    goes on with the paragraph before. */
function bodyEnd(lines, from, indent, begins) {
  let end = from;
  let last = from;
  while (end < lines.length) {
    const line = lines[end];
    const blank = BLANK.test(line);
    const afterBlank = end > from && BLANK.test(lines[end - 1]);
    const inside = indentOf(line) >= indent + BELONGS;
    if (!blank && !inside && (afterBlank || begins(line))) break;
    end += 1;
    if (!blank) last = end;
  }
  return last;
}

function skipBlank(lines, index) {
  let end = index;
  while (end < lines.length && BLANK.test(lines[end])) end += 1;
  return end;
}

const indentOf = (line) => /^[ \t]*/.exec(line)[0].replaceAll("\t", "    ").length;

const outdent = (line, { indent, width }) =>
  line.slice(Math.min(indent + width, Math.max(line.search(/\S/), 0)));
