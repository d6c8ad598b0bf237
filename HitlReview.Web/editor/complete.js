// What can stand at the caret of a JSON text, as a schema says: names of members that aren't there yet, and the values of a choice.
// Offered, never written: nothing is taken unless a person chose it. The place is found in CodeMirror's tree, which reads a text that is
// still broken; whoever is offered too much chooses what they meant.
import { syntaxTree } from "@codemirror/language"
import { Schema } from "./schema.js"
import { visible } from "./unseen.js"

/** A source of completions for CodeMirror, by a schema as JSON text; it is read when something is first asked for. */
export function completions(text) {
  let schema
  return context => {
    const { state, pos } = context
    const place = placeAt(state, pos)
    if (!place || !context.explicit && place.from === pos)
      return null
    schema ??= new Schema(text)
    const typed = state.sliceDoc(place.from, pos).replace(/^"/, "").toLowerCase()
    const offered = place.name === undefined && place.object ? names(schema, state, place) : values(schema, state, place)
    const options = offered.filter(({ label, detail }) => [label, detail ?? ""].some(words => words.toLowerCase().includes(typed)))
    return options.length > 0 ? { from: place.from, to: place.to, options, filter: false } : null
  }
}

/**
 * Where the caret stands: `from` and `to` of what would be replaced; `object` where it is in one, with `name` where it is at the value of a
 * member; else `array`.
 */
function placeAt(state, pos) {
  const token = syntaxTree(state).resolveInner(pos, -1)
  const isText = token.from < pos && (token.name === "PropertyName" || token.name === "String"
    || token.type.isError && state.sliceDoc(token.from, token.from + 1) === '"')
  const begun = /[\w.+-]*$/.exec(state.sliceDoc(state.doc.lineAt(pos).from, pos))[0]
  const from = isText ? token.from : pos - begun.length
  const to = isText && pos < token.to && !token.type.isError ? token.to : pos
  let holder = syntaxTree(state).resolveInner(from, -1)
  while (holder && (holder.name !== "Object" && holder.name !== "Array" || holder.from >= from))
    holder = holder.parent
  const before = state.sliceDoc(holder?.from ?? 0, from).trimEnd()
  if (!holder)
    return null
  if (holder.name === "Array")
    return /[[,]$/.test(before) ? { from, to, array: holder } : null
  if (/[{,]$/.test(before))
    return { from, to, object: holder }
  const name = /("(?:[^"\\]|\\.)*")\s*:$/.exec(before)?.[1]
  return name === undefined ? null : { from, to, object: holder, name: read(name) }
}

function names(schema, state, { object, to }) {
  const there = new Set(members(state, object).map(([name]) => name))
  const isNamed = /^\s*:/.test(state.sliceDoc(to, to + 20))
  const offered = new Map()
  for (const { schema: { properties, required = [] } } of waysOf(schema, state, object))
    for (const [name, inner] of Object.entries(properties ?? {}))
      if (!there.has(name) && !offered.has(name))
        offered.set(name, {
          label: visible(name), detail: visible(String(schema.resolve(inner).title ?? "")), boost: required.includes(name) ? 1 : 0,
          apply: isNamed ? JSON.stringify(name) : `${JSON.stringify(name)}: `,
        })
  return [...offered.values()]
}

function values(schema, state, { object, name, array }) {
  const offered = new Map()
  const offer = (raw, label) => {
    const written = String(read(raw))
    offered.set(raw, { label: visible(label), detail: label === written ? "" : visible(written), apply: raw })
  }
  const inner = array ? itemsOf(schema, state, array) : memberOf(schema, state, object, name)
  for (const [one, title] of inner) {
    const { kinds, choices } = schema.shape(one)
    for (const { raw, name: choice } of choices ?? [])
      offer(raw, title ?? choice)
    if (!choices)
      for (const word of [kinds?.includes("boolean") && ["true", "false"], kinds?.includes("null") && ["null"]].flat().filter(Boolean))
        offer(word, word)
  }
  return [...offered.values()]
}

/** Schemas of the place where an object or list stands, each with the title of the variant whose constant it is. */
function ownOf(schema, state, { parent }) {
  return parent.name === "Property" ? memberOf(schema, state, parent.parent, nameOf(state, parent))
    : parent.name === "Array" ? itemsOf(schema, state, parent)
    : [[schema.root]]
}

/** What an object may keep to: of variants those that don't contradict what stands in it, but for one member. */
function waysOf(schema, state, object, except) {
  return ownOf(schema, state, object).flatMap(([one]) => {
    const { schema: whole, variants } = schema.shape(one)
    return variants?.filter(variant => keeps(schema, state, object, variant.schema, except)) ?? [{ schema: whole }]
  })
}

function memberOf(schema, state, object, name) {
  return waysOf(schema, state, object, name).flatMap(way => {
    const inner = way.schema.properties?.[name]
    return inner === undefined ? [] : [[inner, constant(schema, inner) === undefined ? undefined : way.name]]
  })
}

function itemsOf(schema, state, array) {
  return ownOf(schema, state, array).map(([one]) => [schema.shape(one).schema.items]).filter(([items]) => items !== undefined)
}

/** True unless a member that stands there already is another constant than the schema has. */
function keeps(schema, state, object, { properties }, except) {
  return members(state, object).every(([name, raw]) => {
    const own = name === except ? undefined : properties?.[name] && constant(schema, properties[name])
    return own === undefined || raw === undefined || own === raw
  })
}

const constant = (schema, property) => schema.resolve(property).const

/** The names of an object, each with the text of its value where that is there. */
function members(state, object) {
  return object.getChildren("Property").map(property => {
    const value = property.lastChild
    return [nameOf(state, property), value && value.name !== "PropertyName" ? state.sliceDoc(value.from, value.to) : undefined]
  })
}

function nameOf(state, property) {
  const { from, to } = property.getChild("PropertyName") ?? property
  return read(state.sliceDoc(from, to))
}

function read(raw) {
  try {
    return JSON.parse(raw)
  } catch {
    return raw
  }
}
