/* A recording from the microphone, held in memory until it is stopped. */

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = 32_000;
const SHORTEST_SECONDS = 0.3;
const LEVEL_MS = 80;

const REFUSED = {
  NotAllowedError: "The browser doesn't let this page use the microphone: allow it beside the " +
    "address, and try again.",
  NotFoundError: "No microphone was found: plug one in, or write instead.",
  NotReadableError: "The microphone is in use by another program, or can't be read.",
};
const INSECURE = "A browser lends the microphone only to pages over https or from localhost.";
const EMPTY = "Nothing was recorded: hold the button while you talk, or press it once to begin " +
  "and once to end.";

/** Begins to record, once the person allows it. Fails with a sentence that says what to do. */
export async function record() {
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) throw new Error(INSECURE);
  try {
    const wanted = { echoCancellation: true, noiseSuppression: true };
    return new Recording(await navigator.mediaDevices.getUserMedia({ audio: wanted }));
  } catch (error) {
    throw new Error(REFUSED[error.name] ?? `The microphone can't be used: ${error.message}`);
  }
}

class Recording {
  #stream;
  #recorder;
  #pieces = [];
  #began = performance.now();
  #context = new AudioContext();
  #timer;

  constructor(stream) {
    this.#stream = stream;
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.#recorder = new MediaRecorder(stream, {
      mimeType, audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#pieces.push(data));
    this.#recorder.start(1_000);
  }

  get seconds() {
    return (performance.now() - this.#began) / 1000;
  }

  /** Tells `heard(level, seconds)` again and again how loud it is, from 0 to 1. */
  watch(heard) {
    const analyser = new AnalyserNode(this.#context, { fftSize: 512 });
    this.#context.createMediaStreamSource(this.#stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      heard(Math.min(1, 3 * Math.sqrt(power)), this.seconds);
    }, LEVEL_MS);
  }

  /** Ends it; what was recorded, as a blob. */
  async stop() {
    const { seconds } = this;
    const stopped = new Promise((done) => {
      this.#recorder.addEventListener("stop", done, { once: true });
    });
    this.#recorder.stop();
    await stopped;
    this.#release();
    const recording = new Blob(this.#pieces, { type: this.#recorder.mimeType });
    if (seconds < SHORTEST_SECONDS || !recording.size) throw new Error(EMPTY);
    return recording;
  }

  /** Ends it and keeps nothing. */
  cancel() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#release();
    this.#pieces = [];
  }

  #release() {
    clearInterval(this.#timer);
    this.#context.close().catch(() => {});
    for (const track of this.#stream.getTracks()) track.stop();
  }
}
