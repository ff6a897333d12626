/* Server-sent events from a response's body: what `EventSource` does, for requests that it can't
   make (WHATWG HTML, "Server-sent events"). */

/** The events of `body`, a stream of bytes: `{id, event, data}`, as each is closed by its blank
    line. `id` is the last that was told, 0 before. Leaving the loop closes the stream. */
export async function* events(body) {
  let event = "";
  let id = 0;
  let data = [];
  for await (const line of lines(body)) {
    if (line === "") {
      if (data.length) yield { id, event: event || "message", data: data.join("\n") };
      event = "";
      data = [];
      continue;
    }
    const [name, value] = field(line);
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id" && /^\d+$/.test(value)) id = Number(value);
  }
}

/** A comment is a field without a name. */
function field(line) {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}

/** Whole lines, ended by LF, CRLF or CR; what comes after the last end is dropped. */
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const held = rest.endsWith("\r") ? "\r" : ""; // it may be half of a CRLF
      const whole = held ? rest.slice(0, -1) : rest;
      const parts = whole.split(/\r\n|\n|\r/);
      rest = parts.pop() + held;
      yield* parts;
    }
  } finally {
    reader.cancel().catch(() => {}); // it is closed already where the line was cut
  }
}
