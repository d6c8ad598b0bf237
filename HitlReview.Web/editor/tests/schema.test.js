import assert from "node:assert/strict"
import { test } from "node:test"
import { parse } from "../reading.js"
import { Schema, plain, sameScalar } from "../schema.js"

const schemaOf = value => new Schema(typeof value === "string" ? value : JSON.stringify(value))
const shapeOf = value => {
  const schema = schemaOf(value)
  return schema.shape(schema.root)
}
const skeletonOf = value => {
  const schema = schemaOf(value)
  return schema.skeleton(schema.root)
}

test("a type says which kinds a value may be of", () => {
  assert.deepEqual(shapeOf({ type: "integer" }).kinds, ["number"])
  assert.deepEqual(shapeOf({ type: ["string", "null"] }).kinds, ["string", "null"])
  assert.deepEqual(shapeOf({ properties: { a: {} } }).kinds, ["object"])
  assert.deepEqual(shapeOf({ items: {} }).kinds, ["array"])
  assert.equal(shapeOf({ title: "Anything" }).kinds, null)
  assert.equal(shapeOf("true").kinds, null)
})

test("a few values are a choice, in the digits of the schema", () => {
  assert.deepEqual(shapeOf('{"enum":[1.10,"a",null]}').choices,
    [{ raw: "1.10", name: "1.10" }, { raw: '"a"', name: "a" }, { raw: "null", name: "null" }])
  assert.deepEqual(shapeOf('{"const":12345678901234567890}').choices, [{ raw: "12345678901234567890", name: "12345678901234567890" }])
  assert.equal(shapeOf({ enum: [{ a: 1 }] }).choices, null)
  assert.deepEqual(shapeOf({ oneOf: [{ const: "a", title: "An A" }, { const: "b" }] }).choices,
    [{ raw: '"a"', name: "An A" }, { raw: '"b"', name: "b" }])
})

test("what a schema refers to and is made of counts as its own", () => {
  const schema = schemaOf({
    $defs: { "odd/name~x": { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
    allOf: [{ $ref: "#/$defs/odd~1name~0x" }, { properties: { b: { type: "number" } }, required: ["b"] }],
  })
  const whole = schema.resolve(schema.root)
  assert.deepEqual(Object.keys(whole.properties), ["a", "b"])
  assert.deepEqual(whole.required, ["a", "b"])
  assert.equal(schema.resolve(schema.root), whole)
})

test("a schema that contains itself, or refers to nothing, ends", () => {
  assert.equal(shapeOf({ $ref: "#" }).kinds, null)
  assert.equal(shapeOf({ $ref: "#/nowhere" }).kinds, null)
  assert.equal(shapeOf({ $ref: "https://example.com/schema" }).kinds, null)
  const n = { type: "object", required: ["n"], properties: { n: { $ref: "#/$defs/n" } } }
  assert.ok(skeletonOf({ $ref: "#/$defs/n", $defs: { n } }).startsWith('{"n": {'))
})

test("one alternative beside null is no choice of variants", () => {
  const shape = shapeOf({ anyOf: [{ type: "string" }, { type: "null" }] })
  assert.deepEqual([shape.kinds, shape.variants], [["string", "null"], null])
})

const shapes = {
  oneOf: [
    { title: "Circle", properties: { kind: { const: "circle" }, r: { type: "number" } }, required: ["kind", "r"] },
    { $ref: "#/$defs/Square" },
  ],
  $defs: { Square: { properties: { kind: { enum: ["square"] }, side: { type: "number" } }, required: ["kind", "side"] } },
}

test("variants have a name, and the property that tells them apart", () => {
  const { variants } = shapeOf(shapes)
  assert.deepEqual(variants.map(({ name, hint, tag }) => [name, hint, tag]), [["Circle", "circle", "kind"], ["square", undefined, "kind"]])
})

test("a value keeps to the variant that its tag names, else to the one it fits best, else to none", () => {
  const schema = schemaOf(shapes)
  const { variants } = schema.shape(schema.root)
  const match = text => schema.match(variants, text, parse(text))
  assert.equal(match('{"kind":"square","r":1}'), 1)
  assert.equal(match('{"kind":"circle"}'), 0)
  assert.equal(match('{"side":1}'), 1)
  assert.equal(match('{"kind":"star"}'), -1)
})

test("a member has its own schema, or that of its pattern, or that of the rest", () => {
  const schema = schemaOf({
    properties: { a: { type: "string" } },
    patternProperties: { "^x-": { type: "number" }, "(": { type: "null" } },
    additionalProperties: { type: "boolean" },
  })
  const of = key => {
    const { schema: { type }, known, named } = schema.member(schema.root, key)
    return [type, known, named]
  }
  assert.deepEqual(of("a"), ["string", true, true])
  assert.deepEqual(of("x-1"), ["number", true, false])
  assert.deepEqual(of("other"), ["boolean", true, false])
  assert.equal(schema.member(schemaOf({ properties: {} }).root, "other").known, false)
  assert.equal(schema.isMap(schemaOf({ additionalProperties: false }).root), false)
})

test("keys that mean something to JavaScript are keys like any other", () => {
  const schema = schemaOf('{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"}}}')
  assert.deepEqual(Object.keys(schema.root.properties), ["__proto__", "constructor"])
  assert.equal(schema.member(schema.root, "__proto__").schema.type, "string")
  assert.equal(schema.member(schema.root, "toString").named, false)
})

test("an item has the schema of its place, or that of the rest", () => {
  const tuple = schemaOf({ prefixItems: [{ type: "string" }], items: { type: "number" } })
  assert.deepEqual([0, 1].map(i => tuple.item(tuple.root, i).type), ["string", "number"])
  const older = schemaOf({ items: [{ type: "string" }], additionalItems: { type: "null" } })
  assert.deepEqual([0, 1].map(i => older.item(older.root, i).type), ["string", "null"])
})

test("a new value is the least that its schema wants, and no choice is made for a person", () => {
  assert.equal(skeletonOf({ type: "string" }), '""')
  assert.equal(skeletonOf({ type: "number" }), "null")
  assert.equal(skeletonOf({ type: "boolean" }), "false")
  assert.equal(skeletonOf({ enum: ["a", "b"] }), "null")
  assert.equal(skeletonOf({ const: "a" }), '"a"')
  assert.equal(skeletonOf('{"type":"number","default":1.10}'), "1.10")
  assert.equal(skeletonOf(shapes), "null")
  assert.equal(skeletonOf({ type: "object", properties: { 'a"': { type: "string" }, b: {} }, required: ['a"'] }), '{"a\\"": ""}')
})

test("two values without parts are the same by what they say", () => {
  for (const [a, b] of [["1.0", "1"], ["100", "1e2"], ["-0.50", "-5e-1"], ["0", "-0.0"], ['"a"', '"\\u0061"'], ["1e400", "10e399"]])
    assert.ok(sameScalar(a, b), `${a} ${b}`)
  for (const [a, b] of [["1", "-1"], ["12345678901234567890", "12345678901234567891"], ["1", '"1"'], ["true", "1"], ["null", '"null"']])
    assert.ok(!sameScalar(a, b), `${a} ${b}`)
})

test("a choice is read without its quotes", () => assert.deepEqual(['"a"', "1.10", "null"].map(plain), ["a", "1.10", "null"]))
