/* Tables in Markdown: a row of heads, a row of dashes, then rows. */

const DASHES = /^ *:?-+:? *$/;
const MOST_COLUMNS = 50;

/** The table that begins at `index`, or null. */
export function tableOf(lines, index) {
  const head = lines[index].includes("|") ? cells(lines[index]) : [];
  const dashes = lines[index + 1]?.includes("-") ? cells(lines[index + 1]) : [];
  if (!head.length || head.length > MOST_COLUMNS || dashes.length !== head.length) return null;
  if (!dashes.every((cell) => DASHES.test(cell))) return null;
  let end = index + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const rows = lines.slice(index + 2, end).map((line) => fit(cells(line), head.length));
  return { kind: "table", head, rows, end };
}

/** The cells of a row; a bar after a backslash is none. */
const cells = (line) =>
  line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

const fit = (row, length) => Array.from({ length }, (_, index) => row[index] ?? "");
