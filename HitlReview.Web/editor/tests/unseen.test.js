import assert from "node:assert/strict"
import { test } from "node:test"
import { unseen, unseenIn, visible } from "../unseen.js"

const hiding = ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00a0", "\u00ad", "\u3164", "\u2028", "\ue000", "\u{e0041}"]

for (const character of hiding)
  test(`U+${character.codePointAt(0).toString(16)} is made visible`, () => {
    assert.match(character, unseen)
    assert.equal(unseenIn(`a${character}b${character}`).length, 1)
    assert.equal(visible(`a${character}b`), `a[${unseenIn(character)[0]}]b`)
  })

test("control characters and halves of pairs are named too", () =>
  assert.deepEqual(unseenIn("\u0000\u001b\u007f\ud800"), ["U+0000", "U+001B", "U+007F", "U+D800"]))

test("what people write stays as it is", () => {
  const text = "Grüße, 你好, नमस्ते, 👋 tab\tand line\n"
  assert.deepEqual(unseenIn(text), [])
  assert.equal(visible(text), text)
})

test("whatever a schema has for a name becomes text", () => assert.equal(visible(12), "12"))
