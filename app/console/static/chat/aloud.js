/* Reads a conversation's answers aloud: each by its button, or all that come while it is on. */

import { answerSpeech } from "../voice/api.js";
import { Caption } from "../voice/caption.js";
import { showSpeaking, speakButton } from "../voice/speak-button.js";
import { speaker } from "../voice/speaker.js";
import { VoiceNote } from "../voice/voice-note.js";

export class Aloud {
  #conversation;
  #talk;
  #choice = null;
  #due = false;
  #note = new VoiceNote();

  /** `talk` is the element of what was said. It says nothing before `enable`. */
  constructor(conversation, talk) {
    this.#conversation = conversation;
    this.#talk = talk;
    this.element = this.#note.element;
    speaker.addEventListener("change", this.#heard);
    conversation.addEventListener("change", this.#follow);
  }

  /** There is a voice, and `choice` says whether it is on, and which. */
  enable(choice) {
    this.#choice = choice;
  }

  get on() {
    return this.#choice?.on ?? false;
  }

  close() {
    this.#conversation.removeEventListener("change", this.#follow);
    speaker.removeEventListener("change", this.#heard);
    speaker.stop();
  }

  stop() {
    this.#due = false;
    speaker.stop();
  }

  /** The next answer is one that was asked for here: it is read while it is made. */
  expect() {
    this.stop();
    this.#due = this.on;
  }

  #follow = () => {
    const { answer } = this.#conversation;
    if (!this.#due || !answer?.generation || !answer.message) return;
    this.#due = false;
    this.#read(answer.message, answer.generation);
  };

  /** The button for a stored answer, or null where none can be heard. */
  button({ id, generation_id: generation }) {
    if (!this.#choice || !generation) return null;
    return speakButton(id, "this answer", () => {
      if (speaker.key === id) this.stop();
      else this.#read(id, generation);
    });
  }

  async #read(message, generation) {
    this.#note.clear();
    const { voice } = this.#choice;
    const open = (signal) => answerSpeech(generation, voice, signal);
    const caption = new Caption(() => this.#line(message)?.querySelector(".prose"));
    const noticed = (notice) => this.#note.noticed(notice);
    try {
      await speaker.play({ key: message, open, caption, noticed });
    } catch (error) {
      this.#note.failed(error);
    }
  }

  #line = (message) => this.#talk.querySelector(`[data-message="${CSS.escape(message)}"]`);

  #heard = () => {
    showSpeaking(this.#talk);
    this.#note.update();
  };
}
