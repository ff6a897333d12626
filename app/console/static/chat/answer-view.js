/* A model's answer, while it is made and afterwards. */

import { h, write } from "../dom.js";
import { showLine } from "../voice/speak-button.js";
import { answerActs } from "./answer-acts.js";
import { errorText, noticeText, usageText } from "./answer-words.js";
import { Prose } from "./prose.js";

export class AnswerView {
  #acts;
  #drawn = null;
  #prose = new Prose();
  #who = h("p", { class: "who" });
  #thought = h("p", { class: "thought", dir: "auto" });
  #thinking = h("details", { class: "thinking", hidden: true },
    h("summary", {}, "Reasoning"), this.#thought);
  #notices = h("ul", { class: "notices", "aria-label": "Notices" });
  #dots = h("p", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  #end = h("div", { class: "answer-end" });
  #foot = h("div", { class: "acts" });
  element = h("li", { class: "answer" },
    this.#who, this.#notices, this.#thinking, this.#prose.element, this.#dots, this.#end,
    this.#foot);

  constructor(acts) {
    this.#acts = acts;
  }

  /** `message` is what is stored, `answer` what was heard here; one of them may be missing. */
  update({ message, answer }, running) {
    const now = merged(message, answer);
    this.#prose.show(now.text);
    write(this.#thought, now.reasoning);
    this.#thinking.hidden = !now.reasoning;
    this.#dots.hidden = now.state !== "generating";
    this.element.ariaBusy = String(now.state === "generating");
    this.element.dataset.message = message?.id ?? answer?.message ?? "";
    showLine(this.element);
    const { text, reasoning, ...rest } = now;
    const signature = JSON.stringify([rest, running, this.#acts.voiced?.()]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    this.#redraw(now, message, running);
  }

  #redraw(now, message, running) {
    this.element.dataset.state = now.state;
    write(this.#who, now.model ?? "");
    this.#notices.replaceChildren(...now.notices.map((notice) => h("li", {}, noticeText(notice))));
    this.#end.replaceChildren(...now.tools.map(called), ...ending(now));
    const acts = message && !running ? answerActs(message, this.#acts, now) : [];
    const usage = usageText(now.usage);
    const name = this.#foot.contains(document.activeElement) && nameOf(document.activeElement);
    this.#foot.replaceChildren(...acts, usage ? h("span", { class: "usage" }, usage) : "");
    if (name) acts.find((act) => nameOf(act) === name)?.focus();
  }
}

const nameOf = ({ ariaLabel, textContent }) => ariaLabel || textContent;

/** What is stored is the last word; what only the stream tells is taken from there. */
function merged(message, answer) {
  const live = answer?.running ? answer : null;
  return {
    text: live?.text ?? message?.content ?? answer?.text ?? "",
    reasoning: live?.reasoning ?? message?.reasoning ?? answer?.reasoning ?? "",
    state: live ? "generating" : message?.status ?? answer?.state,
    model: message?.model ?? answer?.model,
    tools: message?.tool_calls ?? answer?.tools ?? [],
    notices: answer?.notices ?? message?.notices ?? [],
    usage: message?.usage ?? answer?.usage,
    error: answer?.error ?? stored(message?.error_code),
    finish: message?.finish_reason ?? answer?.finishReason,
    siblings: message?.siblings,
    feedback: message?.feedback,
  };
}

/** Of an answer that failed earlier the code is known. */
const stored = (code) => (code ? { code, message: errorText(code), retryable: true } : null);

/** A tool is called by whoever asked; here only its name is told. */
const called = ({ name }) => h("p", { class: "cut" }, "Called the tool ", h("code", {}, name));

function ending({ state, error, finish, text }) {
  if (state === "stopped") return [h("p", { class: "cut" }, "Stopped here")];
  if (state === "failed") return [failure(error, text)];
  if (finish === "length") {
    return [h("p", { class: "cut" }, "Cut off: it reached the longest answer that was allowed")];
  }
  if (finish === "content_filter") {
    return [h("p", { class: "cut" }, "Ended by the provider's content filter")];
  }
  return [];
}

const failure = (error, text) => h("p", { class: "notes", role: "alert" },
  h("b", {}, text ? "The answer broke off. " : "No answer came. "),
  error?.message ?? "Try again, or choose another model.",
  error && " ", error && h("code", {}, error.code));
