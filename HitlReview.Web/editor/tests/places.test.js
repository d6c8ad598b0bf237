import assert from "node:assert/strict"
import { test } from "node:test"
import { placesOf } from "../places.js"

const marked = (text, ...paths) => placesOf(text, paths).map(({ from, to }) => text.slice(from, to))

test("a fault is marked at the value it names, with its key", () =>
  assert.deepEqual(marked('{"to":[{"name":1}, 2]}', "$.to[0].name", "$.to[1]"), ['"name":1', "2"]))

test("a fault of the whole is marked at its first bracket, or at all of a value without parts", () => {
  assert.deepEqual(marked('{"a":1}', "$"), ["{"])
  assert.deepEqual(marked("12", "$"), ["12"])
})

test("a fault at a place that isn't there is marked at the nearest one around it", () =>
  assert.deepEqual(marked('{"to":{"name":1}}', "$.to.missing", "$.missing"), ['"to":{"name":1}', "{"]))

test("in a text that can't be read faults are marked at its beginning", () => {
  assert.deepEqual(marked('{"a"', "$.a"), ["{"])
  assert.deepEqual(placesOf("", ["$"]), [{ from: 0, to: 0 }])
})
