/* The public API, as any other client sees it. */

const BASE = "/api/v1";
const PATIENCE = 30_000;

/** `details` lists the bad fields: `[{field, issue}]`, field a path like `sellers.0.name`. */
export class ApiError extends Error {
  constructor(status, { code = "UNREACHABLE", message = "", details = [] } = {}) {
    super(message || "The service didn't answer.");
    Object.assign(this, { status, code, details: details ?? [] });
  }
}

/** Sends `body`, if any, as JSON to `address`; resolves to the JSON that is answered. */
export async function request(method, address, body) {
  const response = await send(address, json(method, body, AbortSignal.timeout(PATIENCE)));
  if (!response.ok) throw await problem(response);
  return response.json().catch(() => ({}));
}

/** The same for an answer that streams, for as long as `signal` lets it. */
export async function stream(method, address, { body, headers = {}, signal } = {}) {
  const options = json(method, body, signal);
  const response = await send(address, { ...options, headers: { ...options.headers, ...headers } });
  if (!response.ok) throw await problem(response);
  return response;
}

/** A form goes as it is: the browser writes its type, with the boundary. */
function json(method, body, signal) {
  if (body === undefined || body instanceof FormData) return { method, signal, body };
  const headers = { "content-type": "application/json" };
  return { method, signal, headers, body: JSON.stringify(body) };
}

async function send(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new ApiError(0, { message: "The service can't be reached. Is it still running?" });
  }
}

async function problem(response) {
  const answer = await response.json().catch(() => ({}));
  return new ApiError(response.status, answer.error ?? {
    code: "INTERNAL_ERROR", message: `The service answered ${response.status}.`,
  });
}

const call = (method, path, body) => request(method, BASE + path, body);

const room = (id) => `/negotiation/${encodeURIComponent(id)}`;
const session = (id) => `/simulation/${encodeURIComponent(id)}`;

export const initialize = (request) => call("POST", "/simulation/initialize", request);
export const readSession = (id) => call("GET", session(id));
export const readSummary = (id) => call("GET", `${session(id)}/summary`);
export const startRoom = (id) => call("POST", `${room(id)}/start`);
export const readState = (id) => call("GET", `${room(id)}/state`);
export const say = (id, message) => call("POST", `${room(id)}/message`, { message });
export const decide = (id, choice) =>
  call("POST", `${room(id)}/decide?${new URLSearchParams(choice)}`);
export const llmStatus = () => call("GET", "/llm/status");

/** Everything of the room after event `seq`; from the beginning with 0. */
export const streamUrl = (id, seq) =>
  `${BASE}${room(id)}/stream?${seq ? `last_event_id=${seq}` : "from=0"}`;

export const logUrl = (sessionId, roomId) =>
  `${BASE}/logs/${encodeURIComponent(sessionId)}/${encodeURIComponent(roomId)}`;
