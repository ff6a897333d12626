/* How a conversation is answered: its template, its model, and whether it remembers. */

import { h } from "../dom.js";
import { options } from "../fields.js";

const MEMORY = "Learn from this conversation, and use what is remembered";

/** The inputs, bound to the conversation; `wanted()` is what a first message has to say of them.
    `choices` are `{templates, models}`; `failed(error)` hears what couldn't be kept. */
export function wishesFor(conversation, { templates, models }, failed) {
  const keep = (name, value) => conversation.change({ [name]: value }).catch((error) => {
    update();
    failed(error);
  });
  const template = h("select", {
    title: "Template", "aria-label": "Template", onchange: () => keep("template", template.value),
  }, options(templates.map(({ name, purpose }) => [name, title(name)])));
  const model = h("input", {
    type: "text", list: "chat-models", placeholder: "Any model", title: "Model", maxlength: 200,
    "aria-label": "Model", autocomplete: "off", spellcheck: "false",
    onchange: () => keep("model", model.value.trim() || null),
  });
  const remember = h("input", {
    type: "checkbox", onchange: () => keep("remember", remember.checked),
  });
  function update() {
    const { facts } = conversation;
    template.value = facts.template ?? templates[0]?.name ?? "";
    if (document.activeElement !== model) model.value = facts.model ?? "";
    remember.checked = facts.remember;
    template.title = templates.find(({ name }) => name === template.value)?.purpose ?? "Template";
  }
  update();
  const element = h("div", { class: "wishes" },
    template, model,
    h("datalist", { id: "chat-models" }, models.map((value) => h("option", { value }))),
    h("label", { class: "check", title: MEMORY }, remember, h("span", {}, "Memory")));
  return { element, update, wanted: () => wanted(conversation, template.value) };
}

/** A conversation that exists has its template and model; a new one is told. */
function wanted({ id, facts: { model } }, template) {
  if (id) return {};
  return { ...(template ? { template } : {}), ...(model ? { model } : {}) };
}

const title = (name) => name.charAt(0).toUpperCase() + name.slice(1);
