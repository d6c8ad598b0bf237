import assert from "node:assert/strict"
import { test } from "node:test"
import { Unreadable, isNumber, parse, pathTo, says, stepInto } from "../reading.js"

const rawOf = (text, node) => text.slice(node.from, node.to)

test("a text is read as places, each value as it is written", () => {
  const text = ' { "n" : 1.10 , "\\u0061" : [ true , null , "x\\n" ] , "e" : { } } '
  const root = parse(text)
  assert.equal(root.kind, "object")
  assert.equal(rawOf(text, root), text.trim())
  assert.deepEqual(root.members.map(member => member.key), ["n", "a", "e"])
  const [n, a, e] = root.members.map(member => member.value)
  assert.deepEqual([n.kind, rawOf(text, n)], ["number", "1.10"])
  assert.deepEqual(a.items.map(item => [item.kind, rawOf(text, item)]), [["boolean", "true"], ["null", "null"], ["string", '"x\\n"']])
  assert.deepEqual([e.kind, e.members], ["object", []])
  assert.equal(text.slice(root.members[1].from, root.members[1].from + 8), '"\\u0061"')
})

for (const text of ["0", "-0", "12345678901234567890", "1e400", "1.50E+07", '""', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', "[]", "[[]]"])
  test(`all of ${text} is read`, () => assert.equal(rawOf(text, parse(text)), text))

const broken = [
  "", " ", "nul", "truer", "01", "1.", ".5", "+1", "1e", "-", "NaN", "'a'", '"a', '"\\x"', '"\\u12g4"', '"a\nb"', "[1,]", "[,1]", "[1 2]",
  "[1", '{"a":1,}', '{"a" 1}', '{a:1}', '{"a":}', "{", "}", "1 2", "[1]]", "/**/1", "\u00a01",
]
for (const text of broken)
  test(`nothing is read of ${JSON.stringify(text)}`, () => assert.throws(() => parse(text), Unreadable))

test("an object that says one key twice can't be read, however the key is written", () => {
  assert.throws(() => parse('{"a":1,"a":2}'), Unreadable)
  assert.throws(() => parse('{"a":1,"\\u0061":2}'), Unreadable)
  assert.equal(parse('{"a":{"a":1},"b":{"a":1}}').members.length, 2)
})

test("what is nested beyond all measure is refused before the stack ends", () => {
  assert.equal(parse("[".repeat(501) + "]".repeat(501)).kind, "array")
  assert.throws(() => parse("[".repeat(100_000)), Unreadable)
})

test("a string says its text, and nothing else says anything", () => {
  assert.equal(says('"a\\u0062"'), "ab")
  for (const raw of ["1", "null", "[]", '"a', '"a\nb"'])
    assert.equal(says(raw), null)
})

test("a number is one from its first digit to its last", () => {
  for (const raw of ["0", "-1.5", "1e400", "12345678901234567890"])
    assert.ok(isNumber(raw), raw)
  for (const raw of ["", "1 ", " 1", "1,5", "0x1", "--1", "1.", "Infinity"])
    assert.ok(!isNumber(raw), raw)
})

test("a place is named so that hidden characters of its keys show", () => {
  assert.equal(pathTo("$", "to"), "$.to")
  assert.equal(pathTo("$.to", 0), "$.to[0]")
  assert.equal(pathTo("$", "odd key"), '$["odd key"]')
  assert.equal(pathTo("$", "\u200b"), '$["\\u200b"]')
  assert.equal(pathTo("$", ""), '$[""]')
})

test("a path is gone step by step", () => {
  const root = parse('{"to":[{"name":1}]}')
  const to = stepInto(root, ".to[0].name")
  const first = stepInto(to.value, "[0].name")
  const name = stepInto(first.value, ".name")
  assert.deepEqual([to.step, first.step, name.step], ["to", 0, "name"])
  assert.deepEqual([to.length, first.length, name.length], [3, 3, 5])
  assert.equal(stepInto(to.value, "[1].name"), null)
  assert.equal(stepInto(name.value, ".more"), null)
})

test("of two keys that a path may mean, the longer one is taken, and never the beginning of one", () => {
  const root = parse('{"a":1,"a.b":2,"ab":3}')
  assert.equal(stepInto(root, ".a.b").step, "a.b")
  assert.equal(stepInto(root, ".a").step, "a")
  assert.equal(stepInto(root, ".ab").step, "ab")
  assert.equal(stepInto(root, ".abc"), null)
})
