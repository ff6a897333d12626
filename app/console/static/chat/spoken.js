/* Talking instead of typing, and hearing what is answered: joins microphone, voice and chat. */

import { transcribe } from "../voice/api.js";
import { voices } from "../voice/availability.js";
import { voiceChoice } from "../voice/choice.js";
import { TalkButton } from "../voice/talk-button.js";
import { Aloud } from "./aloud.js";

export class Spoken {
  aloud;
  #conversation;
  #form;
  #talk;
  #button = null;
  #closed = false;

  /** Furnishes `form` with what it takes, and the answers in `talk`, if there is a voice. */
  constructor(conversation, form, talk) {
    this.#conversation = conversation;
    this.#form = form;
    this.#talk = talk;
    this.aloud = new Aloud(conversation, talk.element);
    voices().then((list) => list && !this.#closed && this.#enable(list));
  }

  get here() {
    return this.#button !== null;
  }

  close() {
    this.#closed = true;
    this.#button?.close();
    this.aloud.close();
  }

  /** Ends a recording and keeps nothing; whether there was one. */
  cancel() {
    const busy = this.#button?.busy ?? false;
    if (busy) this.#button.cancel();
    return busy;
  }

  #enable(list) {
    const choice = voiceChoice(list, (on) => on || this.aloud.stop());
    this.aloud.enable(choice);
    this.#button = new TalkButton({
      begin: () => this.#interrupt(),
      take: (recording, signal) => this.#take(recording, signal),
      failed: (error) => this.#form.told(error),
    });
    this.#form.furnish(this.#button, [this.aloud.element], choice.parts);
    this.#talk.update();
  }

  /** Who talks isn't talked over. */
  #interrupt() {
    this.#form.clear();
    this.aloud.stop();
    this.#conversation.stop().catch(() => {});
  }

  /** With the voice on it is said at once, else it can be read over before it is sent. What isn't
      to be remembered is sent as text, which can say so. */
  async #take(recording, signal) {
    if (this.aloud.on && this.#conversation.facts.remember) return this.#say(recording, signal);
    const { text } = await transcribe(recording, signal);
    if (!text.trim()) throw new Error(NOTHING);
    if (!this.aloud.on) return this.#form.insert(text);
    await this.#conversation.ended();
    this.#form.ask(text);
  }

  async #say(recording, signal) {
    await this.#conversation.ended();
    signal.throwIfAborted();
    this.aloud.expect();
    await this.#conversation.hear(recording, this.#form.wanted, signal);
  }
}

const NOTHING = "Nobody was understood: say it again, nearer to the microphone.";
