// What a form needs to know of a JSON Schema. Values that may get into the payload (const, enum, default) and all numbers stay as they
// are written there. The form never judges a payload by it: that is the server's business.
import { member } from "./patches.js"
import { isNumber, parse, says } from "./reading.js"

const kindNames = {
  string: ["string"],
  number: ["number"],
  integer: ["number"],
  boolean: ["boolean"],
  null: ["null"],
  object: ["object"],
  array: ["array"],
}
const maps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]
const unknown = Object.freeze({})
const mostVariants = 500

export class Schema {
  constructor(text) {
    this.root = schemaIn(text, parse(text))
    this.resolved = new Map()
    this.shapes = new Map()
  }

  /** The schema with what it refers to and is made of; the same object for the same schema. */
  resolve(schema) {
    if (typeof schema !== "object" || schema === null)
      return unknown
    if (!this.resolved.has(schema)) {
      this.resolved.set(schema, unknown) // Where it refers to itself and to nothing else.
      const { $ref: ref, allOf, ...own } = schema
      let whole = ref === undefined ? {} : this.resolve(this.at(ref))
      for (const part of Array.isArray(allOf) ? allOf : [])
        whole = merge(whole, this.resolve(part))
      this.resolved.set(schema, ref === undefined && !allOf ? schema : merge(whole, own))
    }
    return this.resolved.get(schema)
  }

  at(ref) {
    if (typeof ref !== "string" || !ref.startsWith("#"))
      return undefined
    let here = this.root
    for (const step of ref.slice(1).split("/").filter(Boolean))
      here = here?.[decode(step).replaceAll("~1", "/").replaceAll("~0", "~")]
    return here
  }

  /**
   * How a value of the schema is asked for.
   * kinds: those it may be of, null for any; choices: raw values with names, null if it isn't one of a few;
   * variants: `{ name, hint, schema }`, null if there is only one way.
   */
  shape(schema) {
    const whole = this.resolve(schema)
    if (!this.shapes.has(whole))
      this.shapes.set(whole, this.shapeOf(whole))
    return this.shapes.get(whole)
  }

  shapeOf(whole) {
    const { oneOf, anyOf, ...base } = whole
    const alternatives = this.alternatives(whole, [])
    if (alternatives.length === 0)
      return { schema: whole, kinds: kindsOf(whole), choices: choicesOf(whole), variants: null }
    if (alternatives.every(one => one.const !== undefined && !/^[{[]/.test(one.const))) {
      const choices = alternatives.map(one => ({ raw: one.const, name: one.title ?? plain(one.const) }))
      return { schema: base, kinds: kindsOf(whole), choices, variants: null }
    }
    const full = alternatives.filter(one => one.type !== "null" && one.const !== "null")
    if (full.length === 1) {
      const { oneOf: _, anyOf: __, ...only } = merge(base, full[0])
      const own = kindsOf(only)
      const kinds = own && alternatives.length > 1 ? [...new Set([...own, "null"])] : own
      return { schema: only, kinds, choices: choicesOf(only), variants: null }
    }
    const tag = base.discriminator?.propertyName ?? tagOf(alternatives)
    const variants = alternatives.map((one, i) => {
      const constant = tag && this.constantOf(one.properties?.[tag])
      const name = one.title ?? constant ?? one.name ?? (one.const === undefined ? undefined : plain(one.const)) ?? `${i + 1}`
      return { name, hint: one.title && constant !== one.title ? constant : undefined, schema: merge(base, one), tag }
    })
    return { schema: base, kinds: kindsOf(base), choices: null, variants }
  }

  /** The schemas of which a value keeps to one, those within them included; one that contains itself is taken once. */
  alternatives(whole, around) {
    const list = [whole.oneOf, whole.anyOf].find(some => Array.isArray(some) && some.some(one => saysMuch(one)))
    if (!list || around.length > 2)
      return []
    const found = []
    for (const one of list.slice(0, mostVariants)) {
      const inner = this.resolve(one)
      const { oneOf, anyOf, ...rest } = inner
      const deeper = around.includes(inner) || found.length >= mostVariants ? [] : this.alternatives(inner, [...around, whole])
      if (deeper.length > 0)
        found.push(...deeper.map(deep => merge(rest, deep)))
      else
        found.push({ ...rest, name: typeof one.$ref === "string" ? one.$ref.split("/").pop() : undefined })
    }
    return found
  }

  constantOf(schema) {
    const { const: constant, enum: values } = this.resolve(schema)
    const raw = constant ?? (values?.length === 1 ? values[0] : undefined)
    return raw === undefined ? undefined : plain(raw)
  }

  /** Which variant a value keeps to best; -1 if to none. A guess that changes nothing but which fields are offered. */
  match(variants, text, value) {
    let best = -1
    let most = -1
    variants.forEach((variant, i) => {
      const fits = this.fits(variant, text, value)
      if (fits > most)
        [best, most] = [i, fits]
    })
    return best
  }

  /** How well; below 0 if not at all. */
  fits({ schema, tag }, text, value) {
    const { kinds, choices } = this.shape(schema)
    if (kinds && !kinds.includes(value.kind))
      return -1
    if (choices && !choices.some(choice => sameScalar(choice.raw, text.slice(value.from, value.to))))
      return -1
    if (!value.members)
      return 1
    let fits = 1000
    const byKey = new Map(value.members.map(part => [part.key, part.value]))
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const there = byKey.get(key)
      const required = schema.required?.includes(key)
      if (!there) {
        fits -= required ? 2 : 0
        continue
      }
      const inner = this.shape(property)
      const right = inner.choices
        ? inner.choices.some(choice => sameScalar(choice.raw, text.slice(there.from, there.to)))
        : !inner.kinds || inner.kinds.includes(there.kind)
      if (!right && key === tag)
        return -1
      fits += (right ? 2 : -2) * (key === tag ? 100 : required ? 2 : 1)
    }
    for (const part of value.members)
      fits -= schema.properties?.[part.key] === undefined && schema.additionalProperties === false ? 1 : 0
    return Math.max(0, fits)
  }

  /** The schema of a member; `named` if the object's schema knows it by its own name, `known` if it knows it at all. */
  member(schema, key) {
    const own = schema.properties?.[key]
    if (own !== undefined)
      return { schema: own, known: true, named: true }
    for (const [pattern, inner] of Object.entries(schema.patternProperties ?? {}))
      if (matches(pattern, key))
        return { schema: inner, known: true, named: false }
    const rest = schema.additionalProperties
    const known = rest === true || typeof rest === "object" || !schema.properties
    return { schema: typeof rest === "object" ? rest : unknown, known, named: false }
  }

  /** Whether any key may be added. */
  isMap(schema) {
    return schema.additionalProperties !== false || schema.patternProperties !== undefined
  }

  item(schema, index) {
    const tuple = schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : [])
    return tuple[index] ?? (Array.isArray(schema.items) ? schema.additionalItems : schema.items) ?? unknown
  }

  /**
   * The least that a value must have to be of the schema. Where only a person can say, null stands: never a 0 or a first choice by itself.
   */
  skeleton(schema, depth = 0) {
    const { schema: whole, kinds, choices, variants } = this.shape(schema)
    if (whole.default !== undefined)
      return whole.default
    if (choices)
      return choices.length === 1 ? choices[0].raw : "null"
    if (variants)
      return "null"
    return this.blank(kinds?.[0] ?? "string", whole, depth)
  }

  /** The least of one kind. */
  blank(kind, schema, depth = 0) {
    switch (kind) {
      case "string": return '""'
      case "boolean": return "false"
      case "array": return "[]"
      case "object": return depth > 8 ? "{}" : `{${this.wanted(schema, depth).map(([key, raw]) => member(key, raw)).join(", ")}}`
      default: return "null"
    }
  }

  /** The members that an object must have, key to the least of their values. */
  wanted(schema, depth = 0) {
    const required = Array.isArray(schema.required) ? schema.required : []
    return required.map(key => [key, this.skeleton(this.member(schema, key).schema, depth + 1)])
  }
}

/** A choice as people read it: a text without its quotes. */
export const plain = raw => says(raw) ?? raw

/** Whether two raw values without parts are the same one; `1.0` is `1`. */
export function sameScalar(a, b) {
  if (a === b)
    return true
  if (isNumber(a) && isNumber(b))
    return decimal(a) === decimal(b)
  const text = says(a)
  return text !== null && text === says(b)
}

function decimal(raw) {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(raw)
  const digits = (whole + fraction).replace(/^0+/, "")
  const kept = digits.replace(/0+$/, "")
  return kept === "" ? "0" : `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`
}

function kindsOf(schema) {
  const raws = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  const types = schema.type === undefined ? undefined : [schema.type].flat()
  if (types)
    return [...new Set(types.flatMap(type => kindNames[type] ?? []))]
  if (raws)
    return [...new Set(raws.map(raw => parse(raw).kind))]
  if (schema.properties || schema.required || schema.additionalProperties !== undefined || schema.patternProperties)
    return ["object"]
  return schema.items !== undefined || schema.prefixItems !== undefined ? ["array"] : null
}

function choicesOf(schema) {
  const raws = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  return raws?.length > 0 && raws.every(raw => !/^[{[]/.test(raw)) ? raws.map(raw => ({ raw, name: plain(raw) })) : null
}

/** The property by whose one value alternatives are told apart. */
function tagOf(alternatives) {
  return Object.keys(alternatives[0].properties ?? {}).find(key =>
    alternatives.every(one => one.properties?.[key]?.const !== undefined || one.properties?.[key]?.enum?.length === 1))
}

// Alternatives that only say which members go together aren't ways to fill the value in.
const telling = ["$ref", "type", "properties", "const", "enum", "items", "oneOf", "anyOf", "allOf"]
const saysMuch = schema => typeof schema === "object" && telling.some(word => schema[word] !== undefined)

function merge(a, b) {
  const both = { ...a, ...b }
  if (a.properties && b.properties)
    both.properties = Object.assign(Object.create(null), a.properties, b.properties)
  if (Array.isArray(a.required) && Array.isArray(b.required))
    both.required = [...new Set([...a.required, ...b.required])]
  return both
}

function decode(step) {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

function matches(pattern, key) {
  try {
    return new RegExp(pattern, "u").test(key)
  } catch {
    return false
  }
}

function schemaIn(text, value) {
  if (value.kind !== "object")
    return text.slice(value.from, value.to) !== "false"
  const schema = Object.create(null)
  for (const { key, value: inner } of value.members)
    schema[key] = maps.includes(key) && inner.kind === "object" ? mapIn(text, inner) : wordIn(text, key, inner)
  return schema
}

function mapIn(text, value) {
  const map = Object.create(null)
  for (const { key, value: inner } of value.members)
    map[key] = schemaIn(text, inner)
  return map
}

function wordIn(text, word, value) {
  const raw = text.slice(value.from, value.to)
  if (word === "const" || word === "default")
    return raw
  switch (value.kind) {
    case "object": return schemaIn(text, value)
    case "array": return value.items.map(item => word === "enum" ? text.slice(item.from, item.to) : wordIn(text, "", item))
    case "string": return says(raw)
    case "boolean": return raw === "true"
    case "null": return null
    default: return raw
  }
}
