/* Sound that is heard while the rest of it still comes in.

Where the browser takes MP3 in pieces they go into a `MediaSource`, and no more than a minute of it
is held. Elsewhere they are put together and heard once all are there. */

export const MIME = "audio/mpeg";
const AHEAD_SECONDS = 45;
const BEHIND_SECONDS = 15;

/** An empty sound: `add` its pieces, then `end` it. `stop` lets go of all it holds. */
export const newSound = () =>
  globalThis.MediaSource?.isTypeSupported(MIME) ? new PieceByPiece() : new AllAtOnce();

class Sound {
  audio = new Audio();
  /** Resolves when it was heard to its end or stopped; fails where it can't be played. */
  over = new Promise((done, failed) => {
    this.audio.addEventListener("ended", done, { once: true });
    this.audio.addEventListener("error", () => failed(new Error(UNPLAYABLE)), { once: true });
    this.finish = done;
  });
  stopped = false;
  #address = null;

  constructor() {
    this.over.catch(() => {});
  }

  /** Seconds heard. */
  get time() {
    return this.audio.currentTime;
  }

  /** Fails with `NotAllowedError` where the browser waits for a click first. */
  play() {
    return this.audio.play();
  }

  load(from) {
    this.#address = URL.createObjectURL(from);
    this.audio.src = this.#address;
  }

  stop() {
    if (this.stopped) return;
    this.stopped = true;
    this.finish();
    this.audio.pause();
    this.audio.removeAttribute("src");
    if (this.#address) URL.revokeObjectURL(this.#address);
  }
}

const UNPLAYABLE = "This browser couldn't play the sound.";

class PieceByPiece extends Sound {
  #source = new MediaSource();
  #buffer = null;
  #open = heard(this.#source, "sourceopen").then(() => {
    this.#buffer ??= this.#source.addSourceBuffer(MIME);
  });

  constructor() {
    super();
    this.load(this.#source);
  }

  /** Takes `bytes`; resolves once there is room for more. */
  async add(bytes) {
    await Promise.race([this.#open, this.over]);
    await this.#room();
    if (this.stopped) return;
    await this.#change(() => this.#buffer.appendBuffer(bytes));
    const past = this.time - BEHIND_SECONDS;
    if (past > BEHIND_SECONDS && !this.stopped) {
      await this.#change(() => this.#buffer.remove(0, past));
    }
  }

  async end() {
    await Promise.race([this.#open, this.over]);
    if (this.#source.readyState === "open") this.#source.endOfStream();
  }

  async #change(act) {
    act();
    await Promise.race([heard(this.#buffer, "updateend"), this.over]);
  }

  async #room() {
    while (!this.stopped && this.#ahead() > AHEAD_SECONDS) {
      await Promise.race([heard(this.audio, "timeupdate"), this.over]);
    }
  }

  #ahead() {
    const { buffered } = this.#buffer;
    return buffered.length ? buffered.end(buffered.length - 1) - this.time : 0;
  }
}

class AllAtOnce extends Sound {
  #pieces = [];
  #wanted = false;

  async add(bytes) {
    if (!this.stopped) this.#pieces.push(bytes);
  }

  /** Nothing is heard before the end is there. */
  async play() {
    this.#wanted = true;
    if (this.audio.src) await super.play();
  }

  async end() {
    if (this.stopped) return;
    this.load(new Blob(this.#pieces, { type: MIME }));
    this.#pieces = [];
    if (this.#wanted) await super.play();
  }
}

const heard = (target, event) => new Promise((done) => {
  target.addEventListener(event, done, { once: true });
});
