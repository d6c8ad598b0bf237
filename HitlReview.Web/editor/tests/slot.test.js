import assert from "node:assert/strict"
import { test } from "node:test"
import { kindsToChoose } from "../slot.js"

test("where the schema allows one kind and the value is of it, there is nothing to choose", () => {
  assert.equal(kindsToChoose(["string"], "string"), null)
  assert.equal(kindsToChoose(["string", "null"], "string"), null)
  assert.equal(kindsToChoose(["string", "null"], "null"), null)
})

test("an empty place for an object or list is chosen to become one", () => {
  assert.equal(kindsToChoose(["number"], "null"), null)
  assert.deepEqual(kindsToChoose(["object"], "null"), ["object", "null"])
})

test("a value of a kind that the schema doesn't allow can become one of those it does", () =>
  assert.deepEqual(kindsToChoose(["string"], "number"), ["string", "number"]))

test("where the schema says nothing, every kind is offered", () =>
  assert.deepEqual(kindsToChoose(null, "string"), ["string", "number", "boolean", "object", "array", "null"]))
