import assert from "node:assert/strict"
import { test } from "node:test"
import { CompletionContext } from "@codemirror/autocomplete"
import { json } from "@codemirror/lang-json"
import { ensureSyntaxTree } from "@codemirror/language"
import { EditorState } from "@codemirror/state"
import { completions } from "../complete.js"

const schema = JSON.stringify({
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", title: "Name" },
    urgent: { type: "boolean" },
    mode: { enum: ["fast", "slow"] },
    nodes: {
      type: "array",
      items: {
        oneOf: [
          { title: "Send mail", properties: { block: { const: "m-1" }, input: { properties: { to: { type: "string" }, subject: {} } } } },
          { title: "Call", properties: { block: { const: "c-1" }, input: { properties: { url: { type: "string" } } } } },
        ],
      },
    },
  },
})

/** What is offered at the "|" of a text, each as [label, what would be written]. */
function offeredAt(marked, explicit = true) {
  const at = marked.indexOf("|")
  const state = EditorState.create({ doc: marked.replace("|", ""), extensions: [json()] })
  ensureSyntaxTree(state, state.doc.length, 5_000)
  const found = completions(schema)(new CompletionContext(state, at, explicit))
  return found?.options.map(option => [option.label, option.apply]) ?? null
}

const labelsAt = (marked, explicit) => offeredAt(marked, explicit)?.map(([label]) => label) ?? null

test("names of members that aren't there are offered, whole with the colon", () => {
  assert.deepEqual(offeredAt("{|}"), [["name", '"name": '], ["urgent", '"urgent": '], ["mode", '"mode": '], ["nodes", '"nodes": ']])
  assert.deepEqual(labelsAt('{"name": "x", |}'), ["urgent", "mode", "nodes"])
  assert.deepEqual(labelsAt('{"name": "x", "ur|"}'), ["urgent"])
  assert.deepEqual(labelsAt('{"name": "x", "ur|'), ["urgent"])
  assert.deepEqual(offeredAt('{"mo|": "fast"}'), [["mode", '"mode"']])
})

test("values of a choice are offered as they would be written", () => {
  assert.deepEqual(offeredAt('{"mode": |}'), [["fast", '"fast"'], ["slow", '"slow"']])
  assert.deepEqual(labelsAt('{"mode": "sl|"}'), ["slow"])
  assert.deepEqual(labelsAt('{"urgent": t|}'), ["true"])
  assert.equal(offeredAt('{"name": |}'), null)
})

test("a variant is known by what stands in it, and its constant by the variant's title", () => {
  assert.deepEqual(offeredAt('{"nodes": [{"block": |}]}'), [["Send mail", '"m-1"'], ["Call", '"c-1"']])
  assert.deepEqual(labelsAt('{"nodes": [{"block": "ma|"}]}'), ["Send mail"])
  assert.deepEqual(labelsAt('{"nodes": [{"block": "m-1", "input": {|}}]}'), ["to", "subject"])
  assert.deepEqual(labelsAt('{"nodes": [{"block": "m-1", "input": {"to": "a", |'), ["subject"])
  assert.deepEqual(labelsAt('{"nodes": [{"block": "c-1", "input": {"|"}}]}'), ["url"])
  assert.deepEqual(labelsAt('{"nodes": [{|}]}'), ["block", "input"])
})

test("nothing is offered where nothing was begun, in a text, or beside JSON", () => {
  assert.equal(offeredAt("{|}", false), null)
  assert.equal(offeredAt('{"name": "mode|"}'), null)
  assert.equal(offeredAt("nonsense |"), null)
  assert.equal(offeredAt("|"), null)
})
