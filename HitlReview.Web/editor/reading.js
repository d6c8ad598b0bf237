// Reads a JSON text as places in it, never as values: digits, escapes, key order and white space are whatever the text says.
// It reads all of it or nothing. A parser that recovers by guessing (Lezer's, which colours the text) may take one member for another
// in a broken text, and of a long text it knows only the beginning at first; neither will do for what writes into the text.

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = { t: ["true", "boolean"], f: ["false", "boolean"], n: ["null", "null"] }
const deepest = 500

/** The text isn't JSON, or says one key twice, so that nobody can tell which counts. */
export class Unreadable extends Error {}

/**
 * The value that a text is: `{ kind, from, to }`; an object has `members` (`{ key, from, value }`), an array `items`.
 * @throws Unreadable
 */
export function parse(text) {
  let at = 0

  function blank() {
    for (let unit = text.charCodeAt(at); unit === 32 || unit === 10 || unit === 13 || unit === 9; unit = text.charCodeAt(at))
      at++
  }

  function value(depth) {
    blank()
    const from = at
    const first = text[at]
    if (first === "{" || first === "[") {
      if (depth > deepest)
        throw new Unreadable()
      return first === "{" ? object(from, depth + 1) : array(from, depth + 1)
    }
    if (first === '"') {
      string()
      return { kind: "string", from, to: at }
    }
    if (words[first]) {
      const [word, kind] = words[first]
      if (!text.startsWith(word, at))
        throw new Unreadable()
      at += word.length
      return { kind, from, to: at }
    }
    number.lastIndex = at
    const digits = number.exec(text)
    if (!digits)
      throw new Unreadable()
    at += digits[0].length
    return { kind: "number", from, to: at }
  }

  /** The next separator or end; true if another part follows. */
  function more(end) {
    blank()
    const unit = text[at++]
    if (unit !== "," && unit !== end)
      throw new Unreadable()
    return unit === ","
  }

  function isEmpty(end) {
    at++
    blank()
    if (text[at] !== end)
      return false
    at++
    return true
  }

  function object(from, depth) {
    const members = []
    const keys = new Set()
    if (!isEmpty("}"))
      do {
        blank()
        const start = at
        if (text[at] !== '"')
          throw new Unreadable()
        string()
        const key = JSON.parse(text.slice(start, at))
        if (keys.has(key))
          throw new Unreadable()
        keys.add(key)
        blank()
        if (text[at++] !== ":")
          throw new Unreadable()
        members.push({ key, from: start, value: value(depth) })
      } while (more("}"))
    return { kind: "object", from, to: at, members }
  }

  function array(from, depth) {
    const items = []
    if (!isEmpty("]"))
      do
        items.push(value(depth))
      while (more("]"))
    return { kind: "array", from, to: at, items }
  }

  function string() {
    for (at++; ; at++) {
      const unit = text.charCodeAt(at)
      if (unit === 34)
        break
      if (unit === 92) {
        at++
        if (text[at] === "u" ? !/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5)) : !'"\\/bfnrt'.includes(text[at] || "x"))
          throw new Unreadable()
      } else if (!(unit >= 32)) // Not a number at the end of the text.
        throw new Unreadable()
    }
    at++
  }

  const root = value(0)
  blank()
  if (at < text.length)
    throw new Unreadable()
  return root
}

/** What a JSON string says; null if it is none. */
export function says(raw) {
  if (raw[0] !== '"')
    return null
  try {
    return JSON.parse(raw)
  } catch {
    return null
  }
}

export function isNumber(raw) {
  number.lastIndex = 0
  return number.test(raw) && number.lastIndex === raw.length
}

/** How a place is named: `$.to[0]`, and `$["odd key"]` with everything but ASCII escaped, so that hidden characters show. */
export const pathTo = (path, step) =>
  typeof step === "number" ? `${path}[${step}]`
    : /^[A-Za-z0-9_]+$/.test(step) ? `${path}.${step}`
      : `${path}[${JSON.stringify(step).replace(/[^ -~]/g, unit => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"))}]`

/**
 * The first step of what is left of a path, as the server writes it, into a value: `{ step, value, from, length }`; null if it leads
 * nowhere. Keys may stand there as they are, so the longest that fits is taken.
 */
export function stepInto(node, rest) {
  if (node.kind === "array") {
    const written = /^\[(\d+)\]/.exec(rest)
    const item = written && node.items[Number(written[1])]
    return item ? { step: Number(written[1]), value: item, from: item.from, length: written[0].length } : null
  }
  let best = null
  for (const { key, from, value } of node.members ?? [])
    for (const written of [`.${key}`, pathTo("", key), `[${JSON.stringify(key)}]`])
      if (rest.startsWith(written) && /^($|[.[])/.test(rest.slice(written.length)) && !(best?.length >= written.length))
        best = { step: key, value, from, length: written.length }
  return best
}
