// The page of the documentation, played by React without a browser: a command comes in on stdin as
// a line of JSON, what the page shows goes out on stdout.

import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { act, createElement } from 'react'
import { create } from 'react-test-renderer'
import typescript from 'typescript'

const { ModuleKind, ScriptTarget, JsxEmit } = typescript
const compilerOptions = {
  module: ModuleKind.ESNext,
  target: ScriptTarget.ES2022,
  jsx: JsxEmit.ReactJSX,
}
const written = readFileSync(new URL('page.jsx', import.meta.url), 'utf8')
const { outputText } = typescript.transpileModule(written, { compilerOptions })
writeFileSync(new URL('page.js', import.meta.url), outputText)
const { default: Page } = await import('./page.js')

globalThis.IS_REACT_ACT_ENVIRONMENT = true
let page

const words = (node) =>
  typeof node === 'string' ? node : node.children.map(words).join('')
const every = (type) => page.root.findAll((node) => node.type === type)
const button = (label) => every('button').find((node) => words(node).trim() === label)

const shown = () => ({
  said: every('article').map((node) => every('p').filter((p) => within(p, node)).map(words).join('')),
  by: every('h2').map(words),
  alert: every('p').filter((p) => p.props.role === 'alert').map(words),
  busy: button('Send').props.disabled,
})

function within(node, outer) {
  for (let each = node; each; each = each.parent) if (each === outer) return true
  return false
}

// State changes of the page have to be waited for, so that React has shown them.
async function until(holds) {
  while (!holds()) await act(() => new Promise((wake) => setTimeout(wake, 5)))
}

const acts = {
  load: () => act(async () => void (page = create(createElement(Page)))),
  type: ({ text }) => act(async () => every('input')[0].props.onChange({ target: { value: text } })),
  send: () => act(async () => every('form')[0].props.onSubmit({ preventDefault() {} })),
  click: ({ label }) => act(async () => void button(label).props.onClick()),
  shows: ({ text }) => until(() => shown().said.at(-1)?.includes(text)),
  rests: () => until(() => !shown().busy),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { act: name, ...given } = JSON.parse(line)
  try {
    await acts[name](given)
    console.log(JSON.stringify(shown()))
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error?.stack ?? error) }))
  }
}
