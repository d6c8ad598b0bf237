import { parse, stepInto } from "./reading.js"

/** Where in a text the places are that faults name (`$.to[0].name`); where one is not there, the nearest one around it. */
export function placesOf(text, paths) {
  let root
  try {
    root = parse(text)
  } catch {
    return paths.map(() => ({ from: 0, to: Math.min(1, text.length) }))
  }
  return paths.map(path => {
    let here = root
    let mark = shown(root)
    for (let rest = path.replace(/^\$/, ""); rest;) {
      const step = stepInto(here, rest)
      if (!step)
        break
      here = step.value
      mark = { from: step.from, to: here.to }
      rest = rest.slice(step.length)
    }
    return mark
  })
}

// A whole object or array would paint the screen red: its first bracket stands for it.
const shown = node => ({ from: node.from, to: node.members || node.items ? node.from + 1 : node.to })
