/* What can be said of a room's run once it has ended: figures, and a judgement when it is there. */

import { readState } from "../api.js";
import { h, write } from "../dom.js";
import { Notes } from "../notes.js";
import { readRun, rerun } from "./api.js";
import { Comparison } from "./comparison.js";
import { report } from "./report.js";
import { markScores } from "./scores.js";

const POLL_MS = [1_000, 1_500, 2_500, 4_000, 6_000, 10_000, 15_000, 30_000, 30_000, 60_000];
const UNDECIDED = new Set(["pending", "computing", "waiting"]);

export class RoomAnalysis {
  #room;
  #talk;
  #outcome = null;
  #drawn = null;
  #turn = 0;
  #timer;
  #notes = new Notes();
  #status = h("p", { class: "quiet", role: "status" });
  #again = h("button", { type: "button", class: "act", hidden: true });
  #body = h("div", { class: "analysis-body" });
  #comparison;
  element = h("section", { class: "analysis", hidden: true, "aria-labelledby": "analysis-title" },
    h("header", {},
      h("h2", { id: "analysis-title", tabindex: -1 }, "Analysis"), this.#status, this.#again),
    this.#notes.element, this.#body);

  /** `talk` is the element of the transcript, where messages are marked. */
  constructor(session, room, talk) {
    this.#room = room;
    this.#talk = talk;
    this.#comparison = new Comparison(session, room.id);
    this.element.append(this.#comparison.element);
  }

  close() {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  update() {
    const { outcome, loaded } = this.#room;
    this.element.hidden = !outcome;
    if (!loaded || outcome === this.#outcome) return;
    this.#outcome = outcome;
    this.close();
    this.#body.replaceChildren();
    this.#drawn = null;
    if (outcome) this.#begin();
  }

  async #begin() {
    const turn = this.#turn;
    const run = this.#room.runId ?? (await readState(this.#room.id).catch(() => ({}))).run_id;
    if (!run || turn !== this.#turn) return;
    this.#comparison.read(run);
    await this.#read(run, turn, 0);
  }

  /** Reads it, and again for a while as long as something of it is still to come. */
  async #read(run, turn, tries) {
    try {
      const analysis = await readRun(run);
      if (turn !== this.#turn) return;
      this.#notes.clear();
      this.#draw(analysis);
      const act = analysis.status === "figures" ? "Have it judged" : "Judge again";
      if (!unfinished(analysis)) return this.#offer(act, () => this.#rerun(run));
      if (tries >= POLL_MS.length) return this.#offer("Look again", () => this.#look(run));
      this.#timer = setTimeout(() => this.#read(run, turn, tries + 1), POLL_MS[tries]);
    } catch (error) {
      if (turn !== this.#turn || error.status === 404) return;
      this.#notes.show(error);
      this.#offer("Look again", () => this.#look(run));
    }
  }

  #look(run) {
    this.close();
    this.#again.hidden = true;
    return this.#read(run, this.#turn, 0);
  }

  async #rerun(run) {
    this.#again.hidden = true;
    try {
      await rerun(run);
      await this.#look(run);
    } catch (error) {
      this.#notes.show(error);
      this.#again.hidden = false;
    }
  }

  #offer(label, onclick) {
    write(this.#again, label);
    this.#again.onclick = onclick;
    this.#again.hidden = false;
  }

  #draw(analysis) {
    write(this.#status, STATUS[analysis.status] ?? "");
    this.element.ariaBusy = String(analysis.status === "pending");
    const drawn = JSON.stringify(analysis);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#body.replaceChildren(...report(analysis, this.#room, this.#talk));
    markScores(this.#talk, analysis.scores);
  }
}

const STATUS = {
  pending: "A model is judging this run. Its figures are here already.",
  failed: "No judgement could be had. The figures are all there.",
};

const unfinished = ({ status, scores }) =>
  status === "pending" || (scores?.items ?? []).some((item) => UNDECIDED.has(item.status));
