/* Whether there is a voice, asked once for all pages, and what was chosen of it in this browser. */

import { readVoices } from "./api.js";

let asked = null;

/** The voices to choose from; null where speech is switched off. A list that can't be had just now
    is empty: the one who speaks is chosen by the service then. */
export function voices() {
  asked ??= readVoices().then(({ voices: list = [] }) => list, (error) => {
    if (error.status === 503) return [];
    if (error.status === 0) asked = null; // the service was away: the next page asks again
    return null;
  });
  return asked;
}

/** What is remembered in this browser; a browser that keeps nothing forgets it with the page. */
const kept = new Map();

export function remembered(name) {
  try {
    return localStorage.getItem(`parley.${name}`) ?? "";
  } catch {
    return kept.get(name) ?? "";
  }
}

export function remember(name, value) {
  kept.set(name, value);
  try {
    localStorage.setItem(`parley.${name}`, value);
  } catch {
    // private browsing, or full
  }
}
