/* Starts the page: what the address names is what is shown. */

import { llmStatus, startRoom } from "./api.js";
import { write } from "./dom.js";
import { Editor } from "./editor.js";
import { Floor } from "./floor.js";
import { Market } from "./market.js";
import { markPlace, sorry } from "./places.js";
import * as route from "./route.js";

const main = document.querySelector("main");
const pill = document.querySelector("#llm");
let floor = null;
let market = null;
let chat = null;
let moved = false;

const unknown = ({ message }) => ({ available: false, provider: null, models: [], error: message });
const status = llmStatus().then(({ llm }) => llm, unknown);

async function announceModel(page) {
  const llm = await status;
  const offline = !llm.provider || llm.provider === "offline";
  pill.dataset.state = llm.available || offline ? "up" : "down";
  const own = page === "chat" ? "Built-in assistant" : "Offline negotiators";
  write(pill, offline ? ownWords(llm, own) : words(llm));
  if (llm.error) pill.title = llm.error;
}

const ownWords = ({ available, error }, own) =>
  error && !available ? "Model status unknown" : own;

const words = ({ available, provider, models = [] }) =>
  `${provider}${models?.[0] ? ` · ${models[0]}` : ""}${available ? "" : " · unreachable"}`;

function leave() {
  floor?.close();
  market?.close();
  chat?.close();
  floor = market = chat = null;
}

async function showEditor() {
  leave();
  const editor = new Editor(await status, opened);
  main.replaceChildren(editor.element);
  document.title = "Parley";
}

/** A room that doesn't start shows why when it is started by hand. */
async function opened({ session_id, negotiation_rooms }, startAll) {
  const rooms = negotiation_rooms.filter((room) => room.status === "pending");
  if (startAll) await Promise.allSettled(rooms.map((room) => startRoom(room.room_id)));
  location.hash = route.toSession(session_id);
}

async function showChat({ conversation }) {
  if (!chat) {
    const { ChatPage } = await import("./chat/page.js");
    leave();
    chat = new ChatPage((await status).models ?? []);
    main.replaceChildren(chat.element);
  }
  await chat.show(conversation);
}

async function showMarket({ page, session, room }) {
  if (market?.id !== session) {
    leave();
    market = await new Market(session).open();
    floor = new Floor(market);
    main.replaceChildren(floor.element);
  }
  await (page === "summary" ? floor.showSummary() : floor.showRoom(room));
  const title = main.querySelector("h1")?.textContent;
  document.title = title ? `${title} · Parley` : "Parley";
}

const SHOW = { market: showEditor, room: showMarket, summary: showMarket, chat: showChat };

async function follow() {
  const there = route.parse(location.hash);
  markPlace(there.page);
  announceModel(there.page);
  try {
    await SHOW[there.page](there);
  } catch (error) {
    leave();
    main.replaceChildren(sorry(error, there.page));
  }
  if (moved && document.activeElement === document.body) main.querySelector("h1")?.focus();
  moved = true;
}

// One after the other: a slow page never replaces the one that was asked for after it.
let arrived = follow();
window.addEventListener("hashchange", () => {
  arrived = arrived.then(follow);
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is taken: it says where the reader is
  main.focus();
});
