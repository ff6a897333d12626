/* Finds the `@Name`s in a message, so that they can be shown as what they are. */

const GAP = "[\\s\\p{P}]{0,3}";

const spelling = (name) =>
  (name.match(/[\p{L}\p{M}\p{N}]/gu) ?? []).join(GAP);

/** `text` in pieces; `who` is the index of the name that a piece mentions, else null. */
export function pieces(text, names) {
  const known = names
    .map((name, who) => ({ who, pattern: spelling(name) }))
    .filter(({ pattern }) => pattern)
    .sort((a, b) => b.pattern.length - a.pattern.length);
  if (!known.length) return [{ text, who: null }];
  const found = new RegExp(
    `@(?:${known.map(({ pattern }) => `(${pattern})`).join("|")})(?![\\p{L}\\p{N}])`, "giu",
  );
  const out = [];
  let end = 0;
  for (const match of text.matchAll(found)) {
    if (match.index > end) out.push({ text: text.slice(end, match.index), who: null });
    out.push({ text: match[0], who: known[match.slice(1).findIndex(Boolean)].who });
    end = match.index + match[0].length;
  }
  if (end < text.length) out.push({ text: text.slice(end), who: null });
  return out;
}
