/* The button that reads one message aloud, and stops it. */

import { h, svg } from "../dom.js";
import { speaker } from "./speaker.js";

const SPEAKER = "M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a8.5 8.5 0 0 1 0 12";
const STOP = "M7 7h10v10H7z";

/** `key` is what it plays; `whose` stands in its name: “Listen to the answer”. */
export function speakButton(key, whose, onclick) {
  const button = h("button", {
    type: "button", class: "act speak", "data-key": key, "data-whose": whose, onclick,
  }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path")));
  show(button);
  return button;
}

/** Shows in all lines within `element`, and in their buttons, what is heard now. */
export function showSpeaking(element) {
  for (const line of element.querySelectorAll("[data-message]")) showLine(line);
  for (const button of element.querySelectorAll(".speak")) show(button);
}

/** The same on one line. */
export function showLine(line) {
  if (speaker.key && speaker.key === line.dataset.message) line.dataset.speaking = speaker.state;
  else delete line.dataset.speaking;
}

function show(button) {
  const mine = speaker.key === button.dataset.key;
  const state = mine ? speaker.state : "silent";
  if (button.dataset.state === state) return;
  button.dataset.state = state;
  const label = `${mine ? "Stop reading" : "Listen to"} ${button.dataset.whose}`;
  button.setAttribute("aria-label", label);
  button.title = mine ? "Stop" : "Listen";
  button.ariaBusy = String(state === "loading");
  button.querySelector("path").setAttribute("d", mine ? STOP : SPEAKER);
}
