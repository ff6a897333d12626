/* From a remark to the messages that it is about. */

import { h } from "../dom.js";

/** Links to the events with these ids in `talk`, the transcript's element. */
export const eventLinks = (ids, talk) => (ids ?? []).map((id) => {
  const onclick = () => show(lineOf(talk, id));
  return h("button", {
    type: "button", class: "event-link", "aria-label": `Show event ${id} in the talk`, onclick,
  }, `#${id}`);
});

/** The line that tells of the event: its own, or that of the message it came with. The run's end
    stands for the decision that it follows. */
export function lineOf(talk, id) {
  const lines = [...talk.querySelectorAll("[data-event]")];
  const end = lines.at(-1);
  if (end?.classList.contains("line-end") && id >= Number(end.dataset.event) - 1) return end;
  return lines.findLast(({ dataset }) => Number(dataset.event) <= id) ?? null;
}

function show(line) {
  if (!line) return;
  for (const marked of document.querySelectorAll("[data-marked]")) delete marked.dataset.marked;
  line.dataset.marked = "";
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "center" });
}
