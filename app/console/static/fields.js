/* Labelled inputs, and the faults that the service finds with them. Every input knows the path
   of its field in the request (`data-field`), a row of inputs that of its object (`data-group`). */

import { h, write } from "./dom.js";

export function field(title, path, input, { hint = "", grow = false } = {}) {
  input.id = `f-${path.replaceAll(".", "-")}`;
  input.dataset.field = path;
  return h("div", { class: grow ? "field grow" : "field" },
    h("label", { for: input.id }, title),
    input,
    hint && h("small", {}, hint),
    h("p", { class: "issue", id: `${input.id}-issue` }));
}

export const options = (pairs, chosen) =>
  pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));

export const inputAt = (form, path) => form.querySelector(`[data-field="${CSS.escape(path)}"]`);

/** Says `issue` beside the input; with an empty one, takes back what was said. */
export function fault(input, issue) {
  const place = input.parentElement.querySelector(".issue");
  if (!place) return;
  write(place, issue);
  if (!issue) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    return;
  }
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", place.id);
}

export function clearFaults(form) {
  for (const input of form.querySelectorAll("[aria-invalid]")) fault(input, "");
}

/** Puts each of `details` beside its input, in the open; returns those that have none. */
export function showFaults(form, details = []) {
  const homeless = details.filter(({ field: path, issue }) => {
    const input = inputAt(form, path) ?? nearest(form, path);
    if (input) fault(reveal(input), issue);
    return !input;
  });
  form.querySelector("[aria-invalid]")?.focus();
  return homeless;
}

/** What has no input of its own, such as an id, goes to the first of the row that it is in. */
function nearest(form, path) {
  const rows = [path, path.slice(0, path.lastIndexOf("."))];
  const first = (row) => form.querySelector(`[data-group="${CSS.escape(row)}"] [data-field]`);
  return rows.map(first).find(Boolean);
}

/** Opens whatever the input is folded away in. */
export function reveal(input) {
  let fold = input?.closest("details");
  while (fold) {
    fold.open = true;
    fold = fold.parentElement.closest("details");
  }
  return input;
}
