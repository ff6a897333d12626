/* What is remembered of all conversations: found, put right, forgotten. */

import { h, write } from "../dom.js";
import { Notes } from "../notes.js";
import { toChat } from "../route.js";
import * as api from "./api.js";
import { askText, confirm } from "./dialogs.js";
import { when } from "./when.js";

const LEAD = "Facts and preferences from all conversations. Those that matter for a message go " +
  "along with it. Switch memory off for this conversation beside the box you write in.";
const NONE = "Nothing is remembered yet. Say “my name is …” or “I prefer …”, and it will be here " +
  "a moment later.";

export class MemoryPanel {
  #rows = [];
  #total = 0;
  #asked = 0;
  #notes = new Notes();
  #list = h("ul", { class: "memories" });
  #empty = h("p", { class: "quiet", hidden: true });
  #search = h("input", {
    type: "search", placeholder: "Search memories", "aria-label": "Search memories", maxlength: 200,
    oninput: () => this.read(),
  });
  #more = h("button", {
    type: "button", hidden: true, onclick: () => this.#read(this.#rows.length),
  }, "Show more");
  element = h("div", { class: "panel-parts" },
    h("p", { class: "quiet" }, LEAD),
    this.#search, this.#notes.element, this.#list, this.#empty, this.#more);

  read = () => this.#read(0);

  async #read(offset) {
    const turn = (this.#asked += 1);
    try {
      const page = await api.findMemories(this.#search.value.trim(), offset);
      if (turn !== this.#asked) return;
      this.#notes.clear();
      this.#rows = offset ? [...this.#rows, ...page.memories] : page.memories;
      this.#total = page.total;
      this.#draw();
    } catch (error) {
      this.#notes.show(error);
    }
  }

  #draw() {
    this.#list.replaceChildren(...this.#rows.map((memory) => this.#row(memory)));
    this.#more.hidden = this.#rows.length >= this.#total;
    this.#empty.hidden = this.#rows.length > 0;
    write(this.#empty, this.#search.value.trim() ? "No memory has these words." : NONE);
  }

  #row(memory) {
    const { kind, text, updated_at, conversation_id: source } = memory;
    const button = (label, onclick) =>
      h("button", {
        type: "button", class: "act", "aria-label": `${label}: ${text}`, onclick,
      }, label);
    return h("li", {},
      h("p", { dir: "auto" }, text),
      h("p", { class: "memory-foot" },
        h("small", {}, `${kind} · ${when(updated_at)}`),
        source && h("a", { class: "act", href: toChat(source) }, "Source"),
        button("Edit", () => this.#edit(memory)),
        button("Forget", () => this.#forget(memory))));
  }

  #edit({ id, text }) {
    const question = {
      title: "Change this memory", label: "What is remembered", value: text, maxlength: 1000,
      act: "Keep",
    };
    askText(question, async (changed) => {
      await api.changeMemory(id, changed);
      await this.read();
    });
  }

  #forget({ id, text }) {
    confirm({ title: "Forget this?", text: `“${text}”`, act: "Forget" }, async () => {
      await api.deleteMemory(id);
      await this.read();
    });
  }
}
