/* What the chat page asks of the public API. */

import { request, stream } from "../api.js";

export const PAGE = 50;

const id = encodeURIComponent;
const query = (values) => new URLSearchParams(
  Object.entries(values).filter(([, value]) => value !== "" && value != null));

const conversation = (which) => `/api/conversations/${id(which)}`;
const message = (which) => `/api/chat/messages/${id(which)}`;
const memory = (which) => `/api/memories/${id(which)}`;

export const findConversations = (q, offset = 0) =>
  request("GET", `/api/conversations?${query({ q, offset, limit: PAGE })}`);
export const readConversation = (which) => request("GET", conversation(which));
export const changeConversation = (which, changes) =>
  request("PATCH", conversation(which), changes);
export const deleteConversation = (which) => request("DELETE", conversation(which));
export const readMessages = (which, page = {}) =>
  request("GET", `${conversation(which)}/messages?${query({ limit: PAGE, ...page })}`);
export const exportUrl = (which, format) => `${conversation(which)}/export?format=${id(format)}`;

/** These three answer with the stream of a generation. */
export const ask = (body, signal) => stream("POST", "/api/chat/stream", { body, signal });
export const regenerate = (which, body, signal) =>
  stream("POST", `${message(which)}/regenerate`, { body, signal });
export const edit = (which, body, signal) =>
  stream("POST", `${message(which)}/edit`, { body, signal });

/** What the generation says after its event `seq`; from the first with 0. */
export const follow = (generation, seq, signal) =>
  stream("GET", `/api/chat/${id(generation)}/stream`, {
    headers: seq ? { "last-event-id": String(seq) } : {}, signal,
  });
export const stop = (generation) => request("POST", `/api/chat/${id(generation)}/stop`);

export const giveFeedback = (which, opinion) =>
  request("POST", `${message(which)}/feedback`, opinion);
export const takeFeedbackBack = (which) => request("DELETE", `${message(which)}/feedback`);

export const readContext = (which) => request("GET", `/api/conversation/context/${id(which)}`);
export const readTemplates = () => request("GET", "/api/chat/templates");
export const readModels = () => request("GET", "/api/v1/models?limit=100");

export const findMemories = (q, offset = 0) =>
  request("GET", `/api/memories?${query({ q, offset, limit: PAGE })}`);
export const changeMemory = (which, text) => request("PATCH", memory(which), { text });
export const deleteMemory = (which) => request("DELETE", memory(which));
