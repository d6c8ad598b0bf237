import { syntaxTree } from "@codemirror/language"

/** Where in the text the place is that a fault names (`$.to[0].name`); where it is not there, the nearest one around it. */
export function placeOf(state, path) {
  const top = syntaxTree(state).topNode.firstChild
  if (!top)
    return { from: 0, to: Math.min(1, state.doc.length) }
  let here = top
  let mark = shown(here)
  let rest = path.replace(/^\$/, "")
  while (rest) {
    const step = here.name === "Object" ? member(state, here, rest) : here.name === "Array" ? item(here, rest) : null
    if (!step)
      break
    here = step.value
    mark = { from: step.from, to: here.to }
    rest = rest.slice(step.length)
  }
  return mark
}

// A whole object or array would paint the screen red: its first bracket stands for it.
function shown(node) {
  return node.name === "Object" || node.name === "Array" ? { from: node.from, to: node.from + 1 } : { from: node.from, to: node.to }
}

function member(state, object, rest) {
  let best = null
  for (const property of object.getChildren("Property")) {
    const name = property.getChild("PropertyName")
    const value = property.lastChild
    if (!name || !value || value.name === "PropertyName")
      continue
    let key
    try {
      key = JSON.parse(state.sliceDoc(name.from, name.to))
    } catch {
      continue
    }
    for (const written of [`.${key}`, `[${JSON.stringify(key)}]`])
      if (rest.startsWith(written) && /^($|[.[])/.test(rest.slice(written.length)) && !(best?.length >= written.length))
        best = { value, from: name.from, length: written.length }
  }
  return best
}

function item(array, rest) {
  const written = /^\[(\d+)\]/.exec(rest)
  if (!written)
    return null
  let index = Number(written[1])
  for (let node = array.firstChild; node; node = node.nextSibling)
    if (!["[", "]", ",", "⚠"].includes(node.name) && index-- === 0)
      return { value: node, from: node.from, length: written[0].length }
  return null
}
