// A chat of the AI SDK without a page around it, driven by lines of JSON: a command comes in on
// stdin, what it led to goes out on stdout. `parley.js` is the page's own, from the documentation.

import { AbstractChat, DefaultChatTransport, lastAssistantMessageIsCompleteWithToolCalls } from 'ai'
import { createInterface } from 'node:readline'
import { parleyTransport, resumeAnswer, stopAnswer } from './parley.js'

// What `useChat` keeps a chat's state in, without React.
class State {
  status = 'ready'
  error = undefined
  constructor(messages) {
    this.messages = messages
  }
  pushMessage = (message) => {
    this.messages = this.messages.concat(message)
  }
  popMessage = () => {
    this.messages = this.messages.slice(0, -1)
  }
  replaceMessage = (index, message) => {
    this.messages = this.messages.with(index, this.snapshot(message))
  }
  snapshot = (thing) => structuredClone(thing)
}

class Chat extends AbstractChat {
  constructor({ messages = [], ...init }) {
    super({ ...init, state: new State(messages) })
  }
}

const chats = new Map()

// A connection that can be made to break, as one does on the way.
function breakable(chat) {
  return async (address, request) => {
    const answer = await fetch(address, request)
    chat.headers = Object.fromEntries(answer.headers)
    chat.code = answer.status
    if (!answer.body) return answer
    const reader = answer.body.getReader()
    let broken = false
    const body = new ReadableStream({
      start(controller) {
        chat.cut = () => {
          broken = true
          controller.error(new TypeError('network error'))
          void reader.cancel()
        }
      },
      async pull(controller) {
        const { done, value } = await reader.read()
        if (broken) return
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    })
    const { status, headers } = answer
    return new Response(status === 204 ? null : body, { status, headers })
  }
}

// With `api` the transport is the AI SDK's own as it comes, else the page's.
function open({ key, id, api, body, messages, automatic }) {
  const chat = { notices: [], finished: [], calls: [] }
  const options = { body, fetch: breakable(chat) }
  chat.ui = new Chat({
    id,
    messages,
    transport: api ? new DefaultChatTransport({ api, ...options }) : parleyTransport(options),
    onData: (part) => chat.notices.push(part),
    onFinish: ({ isAbort, isDisconnect, isError, finishReason }) =>
      chat.finished.push({ isAbort, isDisconnect, isError, finishReason }),
    onToolCall: ({ toolCall }) => void chat.calls.push(toolCall),
    ...(automatic && {
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
    }),
  })
  chats.set(key, chat)
}

const shown = ({ ui, notices, finished, calls, headers, code }) => ({
  status: ui.status,
  error: ui.error?.message ?? null,
  messages: ui.messages,
  notices,
  finished,
  calls,
  headers,
  code,
})

const textOf = (ui) =>
  ui.lastMessage?.role === 'assistant'
    ? ui.lastMessage.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    : ''

async function until(holds) {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 5))
}

const acts = {
  send: ({ ui }, { message, options }) => void ui.sendMessage(message, options),
  regenerate: ({ ui }, { message }) => void ui.regenerate(message),
  resume: ({ ui }) => ui.resumeStream(),
  // In two steps: when the server has taken it up, and when the stream has ended.
  resuming: (chat) => {
    chat.code = undefined
    chat.resumed = chat.ui.resumeStream()
    return until(() => chat.code)
  },
  resumed: (chat) => chat.resumed,
  rest: ({ ui }) => resumeAnswer(ui),
  leave: ({ ui }) => ui.stop(),
  stop: ({ ui }) => stopAnswer(ui),
  output: ({ ui }, { result }) => void ui.addToolOutput(result),
  cut: (chat) => chat.cut(),
  heard: ({ ui }, { text }) => until(() => textOf(ui).includes(text)),
  settled: ({ ui }) => until(() => ui.status === 'ready' || ui.status === 'error'),
  ended: (chat, { times }) => until(() => chat.finished.length >= times),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...given } = JSON.parse(line)
  if (act === 'open') open(given)
  const chat = chats.get(given.key)
  try {
    await acts[act]?.(chat, given)
    console.log(JSON.stringify(shown(chat)))
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error?.stack ?? error) }))
  }
}
