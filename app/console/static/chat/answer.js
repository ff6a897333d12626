/* An answer as far as it was heard. What a stored message tells stands for the same. */

export class Answer {
  seq = 0;
  state = "generating";
  text = "";
  reasoning = "";
  model = null;
  notices = [];
  tools = [];
  usage = null;
  error = null;
  finishReason = null;

  constructor({ generation = null, message = null } = {}) {
    this.generation = generation;
    this.message = message;
  }

  get running() {
    return this.state === "generating";
  }

  /** Takes in what `type` tells; false when it was heard before or isn't known. */
  apply(type, data, seq) {
    if (seq <= this.seq || !Object.hasOwn(this.#heard, type)) return false;
    this.seq = seq;
    this.#heard[type](data);
    return true;
  }

  #heard = {
    start: ({ generation_id, message_id, conversation_id, model }) => {
      this.generation = generation_id;
      this.message = message_id;
      this.conversation = conversation_id;
      this.model = model;
    },
    content: ({ content }) => {
      this.text += content;
    },
    reasoning: ({ content }) => {
      this.reasoning += content;
    },
    tool_call: ({ id, name }) => {
      this.tools.push({ id, name });
    },
    notice: ({ code, message }) => {
      this.notices.push({ code, message });
    },
    usage: ({ type, ...usage }) => {
      this.usage = usage;
    },
    done: ({ finish_reason }) => {
      this.finishReason = finish_reason;
      this.state = finish_reason === "stopped" ? "stopped" : "complete";
    },
    error: ({ error_code, message, retryable }) => {
      this.error = { code: error_code, message, retryable };
      this.state = "failed";
    },
  };
}
