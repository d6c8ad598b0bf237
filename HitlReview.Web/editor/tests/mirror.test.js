import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { Mirror } from "../mirror.js"

const stored = new Map()
globalThis.localStorage = {
  getItem: key => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: key => stored.delete(key),
}
globalThis.document = { documentElement: { dataset: {} } }
globalThis.addEventListener = () => {}
globalThis.removeEventListener = () => {}

beforeEach(() => {
  stored.clear()
  document.documentElement.dataset = {}
})

/** What a page leaves behind that opened `source` and in which `text` was typed. */
function leave(source, text, { base = "base", sent = [] } = {}) {
  const mirror = new Mirror("key", base, () => text)
  mirror.open(source)
  sent.forEach(one => mirror.sent(one))
  mirror.changed()
  mirror.dispose()
}

const opened = (source, base = "base") => new Mirror("key", base, () => "").open(source)

test("what was typed is there again when the server starts from the same text", () => {
  leave("source", "typed")
  assert.equal(opened("source"), "typed")
})

test("what was typed is there again when the server has got a part of it", () => {
  leave("source", "typed on", { sent: ["typed"] })
  assert.equal(opened("typed"), "typed on")
})

test("a text that was changed elsewhere counts, not the copy", () => {
  leave("source", "typed")
  assert.equal(opened("changed elsewhere"), "changed elsewhere")
})

test("a copy of another start counts for nothing", () => {
  leave("source", "typed")
  assert.equal(opened("source", "another base"), "source")
})

for (const rubbish of ["", "null", "{", "[]", '{"base":"base","known":1,"text":"x"}', '{"base":"base","known":[]}'])
  test(`rubbish in the browser's storage counts for nothing: ${rubbish}`, () => {
    stored.set("key", rubbish)
    assert.equal(opened("source"), "source")
  })

test("nothing is kept once somebody has signed out", () => {
  document.documentElement.dataset.signedOut = ""
  leave("source", "typed")
  assert.equal(stored.size, 0)
})

test("what is decided on is forgotten", () => {
  leave("source", "typed")
  const mirror = new Mirror("key", "base", () => "typed")
  mirror.changed()
  mirror.forget()
  mirror.dispose()
  assert.equal(stored.size, 0)
})
