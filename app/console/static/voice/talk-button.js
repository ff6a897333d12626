/* A microphone: hold it while you talk, or press it to begin and again to end. */

import { h, svg, write } from "../dom.js";
import { clock } from "../format.js";
import { record } from "./recorder.js";

const LONGEST_SECONDS = 120;
const HELD_MS = 500;
const MICROPHONE = "M9 5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3M8 21h8";
const LABELS = {
  idle: "Talk instead of typing", asking: "Waiting for the microphone",
  recording: "End and send", sending: "Understanding what was said",
};

export class TalkButton {
  #state = "idle";
  #recording = null;
  #pressed = 0;
  #abort = null;
  #acts;
  #level = h("meter", { min: 0, max: 1, "aria-label": "Level" });
  #time = h("span", { class: "time" });
  button = h("button", {
    type: "button", class: "talk-button", onpointerdown: (event) => this.#down(event),
    onpointerup: (event) => this.#up(event), onclick: (event) => this.#clicked(event),
  }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: MICROPHONE })));
  /** What is seen of a recording while it is made. */
  element = h("div", { class: "recording", role: "status", hidden: true },
    this.#time, this.#level,
    h("button", { type: "button", class: "act", onclick: () => this.cancel() }, "Cancel (Esc)"));

  /** `begin()` is told when somebody begins to talk; `take(recording, signal)` gets the blob, and
      `failed(error)` what went wrong. */
  constructor(acts) {
    this.#acts = acts;
    this.#becomes("idle");
  }

  get busy() {
    return this.#state !== "idle";
  }

  /** Ends a recording and keeps nothing of it; also what was sent isn't waited for any more. */
  cancel() {
    this.#abort?.abort();
    this.#recording?.cancel();
    this.#recording = null;
    this.#becomes("idle");
  }

  close = () => this.cancel();

  /** The release is heard wherever the button has moved to meanwhile. */
  #down(event) {
    this.#pressed = 0;
    if (event.button !== 0 || this.busy) return;
    this.#pressed = event.timeStamp;
    this.button.setPointerCapture(event.pointerId);
    this.#begin();
  }

  /** One that was held ends with its release; a short press goes on to the next. */
  #up(event) {
    if (!this.#pressed || event.timeStamp - this.#pressed < HELD_MS) return;
    this.#pressed = 0;
    if (this.#state === "recording") this.#end();
    else if (this.#state === "asking") this.cancel();
  }

  /** A click follows each press, and that of the press which began a recording doesn't end it. A
      key's click has no press before it. */
  #clicked(event) {
    const began = event.detail && this.#pressed;
    this.#pressed = 0;
    if (began) return;
    if (this.#state === "recording") this.#end();
    else if (!this.busy && !event.detail) this.#begin();
  }

  async #begin() {
    this.#becomes("asking");
    const abort = this.#abort = new AbortController();
    this.#acts.begin();
    try {
      const recording = await record();
      if (abort.signal.aborted) return recording.cancel();
      this.#recording = recording;
      this.#becomes("recording");
      recording.watch((level, seconds) => this.#heard(level, seconds));
    } catch (error) {
      this.#failed(error, abort);
    }
  }

  #heard(level, seconds) {
    this.#level.value = level;
    write(this.#time, `${clock(seconds)} of ${clock(LONGEST_SECONDS)}`);
    if (seconds >= LONGEST_SECONDS) this.#end();
  }

  async #end() {
    if (this.#state !== "recording") return;
    const [recording, abort] = [this.#recording, this.#abort];
    this.#recording = null;
    this.#becomes("sending");
    try {
      const blob = await recording.stop();
      await this.#acts.take(blob, abort.signal);
      if (!abort.signal.aborted) this.#becomes("idle");
    } catch (error) {
      this.#failed(error, abort);
    }
  }

  #failed(error, abort) {
    if (abort.signal.aborted) return;
    this.#becomes("idle");
    this.#acts.failed(error);
  }

  #becomes(state) {
    this.#state = this.button.dataset.state = state;
    this.button.ariaPressed = String(state === "recording");
    this.button.ariaLabel = this.button.title = LABELS[state];
    this.button.disabled = state === "sending";
    this.element.hidden = state !== "recording";
  }
}
