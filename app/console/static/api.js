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

async function call(method, path, body) {
  const request = { method, signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { "content-type": "application/json" };
  }
  let response;
  try {
    response = await fetch(BASE + path, request);
  } catch {
    throw new ApiError(0, { message: "The service can't be reached. Is it still running?" });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(response.status, answer.error ?? {
      code: "INTERNAL_ERROR", message: `The service answered ${response.status}.`,
    });
  }
  return answer;
}

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
