/* Elements are built here and nowhere else: text goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

function furnish(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== false && child != null));
  return element;
}

export const h = (tag, props = {}, ...children) =>
  furnish(document.createElement(tag), props, children);

export const svg = (tag, props = {}, ...children) =>
  furnish(document.createElementNS(SVG, tag), props, children);

/** Somebody's name or words, in whichever direction their script runs. */
export const bdi = (text, props = {}) => h("bdi", props, text);

/** Sets text only when it changed, so that live regions don't repeat themselves. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
