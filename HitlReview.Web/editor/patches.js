// Changes of a JSON text, each as small as it can be: `{ from, to, insert }`. Nothing beside the changed place is touched.
import { isNumber, parse, says } from "./reading.js"

/** The least change that makes one text of another; `at` is where the text stands. */
export function difference(before, after, at = 0) {
  const [start, end] = common(before, after)
  return { from: at + start, to: at + before.length - end, insert: after.slice(start, after.length - end) }
}

/**
 * The least change of a JSON string that makes it say what a person has typed. Escapes elsewhere in it stay as they are written.
 * @param raw The string as it is written.
 * @param typed What a text box holds, which knows line feeds only: a carriage return that was there stays where the typing didn't touch it.
 * @param at Where the string stands.
 */
export function retype(raw, typed, at) {
  const { shown, places } = spell(raw)
  const [start, end] = common(shown, typed)
  const insert = JSON.stringify(typed.slice(start, typed.length - end)).slice(1, -1)
  return { from: at + places[start], to: at + places[shown.length - end], insert }
}

/** What a JSON string says as a text box shows it. */
export const shownAs = text => text.replace(/\r\n?/g, "\n")

/** The same, and where each unit of it is written. */
function spell(raw) {
  const places = []
  let shown = ""
  let i = 1
  while (i < raw.length - 1) {
    places.push(i)
    let [unit, next] = unitAt(raw, i)
    if (unit === "\r") {
      const [following, behind] = next < raw.length - 1 ? unitAt(raw, next) : []
      if (following === "\n")
        next = behind
      unit = "\n"
    }
    shown += unit
    i = next
  }
  places.push(i)
  return { shown, places }
}

function unitAt(raw, i) {
  if (raw[i] !== "\\")
    return [raw[i], i + 1]
  const length = raw[i + 1] === "u" ? 6 : 2
  return [JSON.parse(`"${raw.slice(i, i + length)}"`), i + length]
}

/** How much two texts have in common at their start and at their end; no pair of surrogates is torn apart. */
function common(before, after) {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start])
    start++
  if (start > 0 && isHigh(before[start - 1]))
    start--
  let end = 0
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end++
  if (end > 0 && isLow(before[before.length - end]))
    end--
  return [start, end]
}

const isHigh = unit => unit >= "\ud800" && unit <= "\udbff"
const isLow = unit => unit >= "\udc00" && unit <= "\udfff"

/** The places of an object's members or an array's items. */
const placesOf = whole => whole.items ?? whole.members.map(({ from, value }) => ({ from, to: value.to }))

/** Puts one more part at the end of an object or array, in the manner of those that are there. */
export function append(text, whole, written) {
  const places = placesOf(whole)
  if (places.length === 0) {
    const indent = indentOf(text, whole.from)
    const insert = text.includes("\n") ? `\n${indent}  ${layOut(written, indent + "  ")}\n${indent}` : written
    return { from: whole.from + 1, to: whole.to - 1, insert }
  }
  const last = places[places.length - 1]
  const between = betweenParts(text, whole, places)
  return { from: last.to, to: last.to, insert: "," + between + (between.includes("\n") ? layOut(written, between.slice(1)) : written) }
}

/** What stands between a comma and the next part. */
function betweenParts(text, whole, places) {
  const gap = text.slice(whole.from + 1, places[0].from)
  if (gap.includes("\n"))
    return gap.slice(gap.lastIndexOf("\n"))
  return places.length > 1 ? text.slice(places[0].to, places[1].from).replace(/^\s*,/, "") : " "
}

/** Takes one part out, with its comma and the white space on one side. */
export function remove(whole, index) {
  const places = placesOf(whole)
  if (places.length === 1)
    return { from: whole.from + 1, to: whole.to - 1, insert: "" }
  return index > 0
    ? { from: places[index - 1].to, to: places[index].to, insert: "" }
    : { from: places[0].from, to: places[1].from, insert: "" }
}

/** Lets two items change places. */
export const swap = (text, a, b) => [
  { from: a.from, to: a.to, insert: text.slice(b.from, b.to) },
  { from: b.from, to: b.to, insert: text.slice(a.from, a.to) },
]

/** A member as it is written. */
export const member = (key, raw) => `${JSON.stringify(key)}: ${raw}`

/**
 * Makes an object of another kind out of one: what may stay stays as it is written, what is wanted comes behind.
 * @param stays Asked for each key whether it may.
 * @param given Key to raw value: what members that are there must be.
 * @param wanted Key to raw value: the members it must have; one that is there already stays.
 */
export function reshape(text, object, stays, given, wanted) {
  let made = text.slice(object.from, object.to)
  const apply = ({ from, to, insert }) => made = made.slice(0, from) + insert + made.slice(to)
  for (const { key } of object.members)
    if (!stays(key)) {
      const whole = parse(made)
      apply(remove(whole, whole.members.findIndex(part => part.key === key)))
    }
  for (const [key, raw] of [...given, ...wanted]) {
    const whole = parse(made)
    const there = whole.members.find(part => part.key === key)?.value
    if (!there)
      apply(append(made, whole, member(key, raw)))
    else if (given.some(([its]) => its === key))
      apply({ from: there.from, to: there.to, insert: raw })
  }
  return made
}

/** Lays JSON out over lines, two blanks a level, as JsonLayout.cs does. Only the white space between tokens changes. */
export function layOut(text, indent = "") {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  const line = "\n" + indent
  let laid = ""
  let level = 0
  tokens.forEach((token, i) => {
    const opens = token === "{" || token === "["
    const empty = opens ? /^[}\]]/.test(tokens[i + 1]) : /^[{[]/.test(tokens[i - 1])
    if (opens && !empty)
      laid += token + line + "  ".repeat(++level)
    else if ((token === "}" || token === "]") && !empty)
      laid += line + "  ".repeat(--level) + token
    else
      laid += token === "," ? "," + line + "  ".repeat(level) : token === ":" ? ": " : token
  })
  return laid
}

/** What becomes of a value when a person makes it one of another kind: text and number keep what they can, the rest starts anew. */
export function convert(raw, kind, fresh) {
  if (kind === "string" && /^[-\dtf]/.test(raw))
    return `"${raw}"`
  const text = says(raw)
  return kind === "number" && text !== null && isNumber(text) ? text : fresh
}

export const indentOf = (text, at) => /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))[0]
