/* Where the reader is, kept in the address: `#/`, `#/s/{session}`, `#/s/{session}/r/{room}`,
   `#/s/{session}/summary`, `#/chat`, `#/chat/{conversation}`. */

export function parse(hash) {
  const [, s, session, r, room] = hash.replace(/^#/, "").split("/").map(decode);
  if (s === "chat") return { page: "chat", conversation: session || null };
  if (s !== "s" || !session) return { page: "market" };
  if (r === "summary") return { page: "summary", session };
  return { page: "room", session, room: r === "r" && room ? room : null };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const toMarket = () => "#/";
export const toSession = (session) => `#/s/${encodeURIComponent(session)}`;
export const toRoom = (session, room) => `${toSession(session)}/r/${encodeURIComponent(room)}`;
export const toSummary = (session) => `${toSession(session)}/summary`;
export const toChat = (conversation) =>
  conversation ? `#/chat/${encodeURIComponent(conversation)}` : "#/chat";
