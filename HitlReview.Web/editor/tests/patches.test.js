import assert from "node:assert/strict"
import { test } from "node:test"
import { append, convert, difference, indentOf, layOut, member, remove, reshape, retype, shownAs, swap } from "../patches.js"
import { parse } from "../reading.js"
import { apply } from "./apply.js"

test("a difference is the least change that makes one text of another", () => {
  assert.deepEqual(difference("hello", "help"), { from: 3, to: 5, insert: "p" })
  assert.deepEqual(difference("ab", "ab", 7), { from: 9, to: 9, insert: "" })
  assert.deepEqual(difference("aa", "aaa"), { from: 2, to: 2, insert: "a" })
})

test("a difference tears no pair of surrogates apart", () => {
  // Both begin, or end, with the same half.
  for (const [before, after] of [["😀", "😁"], ["x😀y", "x😁y"], ["\ud83d\ude00", "\ud83c\ude00"]]) {
    const { from, to, insert } = difference(before, after)
    assert.ok(before.slice(from, to).isWellFormed?.() ?? true)
    assert.equal(insert.length % 2, 0)
    assert.equal(apply(before, { from, to, insert }), after)
  }
})

test("what is typed changes its own place in a string, and no escape elsewhere in it", () => {
  const text = '{"a":"\\u0041b\\/c"}'
  const at = text.indexOf('"\\u')
  assert.equal(apply(text, retype('"\\u0041b\\/c"', "Abx/c", at)), '{"a":"\\u0041bx\\/c"}')
})

test("what is typed is escaped where JSON wants it", () =>
  assert.equal(apply('"ab"', retype('"ab"', 'a"\n\\b', 0)), '"a\\"\\n\\\\b"'))

test("a carriage return that a text box can't hold stays where nobody typed", () => {
  const raw = '"one\\r\\ntwo\\rthree"'
  assert.equal(shownAs(JSON.parse(raw)), "one\ntwo\nthree")
  assert.equal(apply(raw, retype(raw, "one\ntwo\nthree!", 0)), '"one\\r\\ntwo\\rthree!"')
  assert.equal(apply(raw, retype(raw, "onetwo\nthree", 0)), '"onetwo\\rthree"')
})

const added = [
  ["{}", '{"k": 1}'],
  ["{ }", '{"k": 1}'],
  ['{"a":1}', '{"a":1, "k": 1}'],
  ['{"a":1,"b":2}', '{"a":1,"b":2,"k": 1}'],
  ['{\n  "a": 1\n}', '{\n  "a": 1,\n  "k": 1\n}'],
  ['{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"k": 1\n}'],
]
for (const [before, after] of added)
  test(`a part is added to ${JSON.stringify(before)} in the manner of those that are there`, () =>
    assert.equal(apply(before, append(before, parse(before), member("k", "1"))), after))

test("what is added in a text of many lines is laid out as deep as its place", () => {
  const text = '{\n  "list": []\n}'
  const list = parse(text).members[0].value
  assert.equal(apply(text, append(text, list, '{"a":1}')), '{\n  "list": [\n    {\n      "a": 1\n    }\n  ]\n}')
})

test("a part is taken out with one comma, whichever it is", () => {
  const text = "[ 1, 2 , 3 ]"
  const whole = parse(text)
  assert.deepEqual([0, 1, 2].map(i => apply(text, remove(whole, i))), ["[ 2 , 3 ]", "[ 1 , 3 ]", "[ 1, 2 ]"])
  assert.equal(apply("[ 1 ]", remove(parse("[ 1 ]"), 0)), "[]")
})

test("two items change places, and the white space around them stays", () => {
  const text = '[ 1 ,\n"two" ]'
  const { items } = parse(text)
  assert.equal(apply(text, ...swap(text, items[0], items[1])), '[ "two" ,\n1 ]')
})

test("an object of another kind keeps what may stay as it is written", () => {
  const text = '{"kind": "a", "same": 1.10, "old": 1}'
  const made = reshape(text, parse(text), key => key !== "old", [["kind", '"b"']], [["same", "null"], ["new", "null"]])
  assert.equal(made, '{"kind": "b", "same": 1.10, "new": null}')
})

test("laying out changes the white space between tokens only", () => {
  assert.equal(layOut('{"a b":[1.10,{}, [ ]],"c":"{,}"}'), '{\n  "a b": [\n    1.10,\n    {},\n    []\n  ],\n  "c": "{,}"\n}')
  assert.equal(layOut("[1]", "  "), "[\n    1\n  ]")
  assert.equal(layOut('["]"]'), '[\n  "]"\n]')
})

test("a value becomes one of another kind with as much of itself as that can hold", () => {
  assert.equal(convert("1.10", "string", '""'), '"1.10"')
  assert.equal(convert("true", "string", '""'), '"true"')
  assert.equal(convert("null", "string", '""'), '""')
  assert.equal(convert('"1.10"', "number", "0"), "1.10")
  assert.equal(convert('"1,10"', "number", "0"), "0")
  assert.equal(convert("[1]", "object", "{}"), "{}")
})

test("the indent is that of the line", () => {
  assert.equal(indentOf("{\n  \t1", 5), "  \t")
  assert.equal(indentOf("  1", 2), "  ")
})
