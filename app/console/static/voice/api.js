/* What the pages ask of the voice. */

import { request, stream } from "../api.js";

const id = encodeURIComponent;
const TIMED = "format=mp3&with=timestamps";

export const readVoices = () => request("GET", "/api/v1/voice/voices?limit=100");

/** The speech of a message of a room, as events. */
export const messageSpeech = (message, signal) =>
  stream("GET", `/api/v1/voice/messages/${id(message)}?${TIMED}`, { signal });

/** The speech of an answer, also while it is still made; `voice` may be empty. */
export const answerSpeech = (generation, voice, signal) =>
  stream("GET",
    `/api/chat/${id(generation)}/speech?${TIMED}${voice ? `&voice_id=${id(voice)}` : ""}`,
    { signal });

/** What was said in `recording`, a blob, as `{text}`. */
export const transcribe = (recording, signal) =>
  upload("/api/v1/voice/transcriptions", recording, {}, signal);

/** Says it in a chat: `{text, conversation_id, generation_id, message_id}`. */
export const sayAloud = (recording, fields, signal) =>
  upload("/api/chat/voice", recording, fields, signal);

async function upload(address, recording, fields, signal) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) body.append(name, value);
  body.append("file", recording, `recording.${ENDINGS[recording.type.split(";")[0]] ?? "bin"}`);
  return (await stream("POST", address, { body, signal })).json();
}

const ENDINGS = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };
