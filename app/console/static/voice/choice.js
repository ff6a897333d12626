/* Whether answers are read aloud, and by which voice: kept in this browser. */

import { h } from "../dom.js";
import { options } from "../fields.js";
import { remember, remembered } from "./availability.js";

const SPEAK = "speak";
const VOICE = "voice";

/** The inputs for the `voices` there are; `changed(on)` is told of the switch. */
export function voiceChoice(voices, changed) {
  const speak = h("input", {
    type: "checkbox", checked: remembered(SPEAK) === "on",
    onchange: () => {
      remember(SPEAK, speak.checked ? "on" : "");
      changed(speak.checked);
    },
  });
  const chosen = voices.some(({ voice_id: id }) => id === remembered(VOICE)) ? remembered(VOICE) : "";
  const voice = h("select", {
    class: "voice", title: "Voice", "aria-label": "Voice", hidden: !voices.length,
    onchange: () => remember(VOICE, voice.value),
  }, options([["", "Usual voice"], ...voices.map(({ voice_id: id, name }) => [id, name])]));
  voice.value = chosen;
  return {
    parts: [h("label", { class: "check", title: "Read answers aloud as they come" },
      speak, h("span", {}, "Voice")), voice],
    get on() {
      return speak.checked;
    },
    get voice() {
      return voice.value;
    },
  };
}
