// Whatever is shown comes from strangers: it becomes text nodes and attribute values, never markup.

/** An element with attributes, listeners (`onclick`) and children; what is null or false is left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on"))
      element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value)
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false))
  return element
}

let ids = 0
export const newId = () => `payload-form-${++ids}`

/** A sentence of the page with names put in: `Add {0}`. */
export const fill = (words, ...names) => words.replace(/\{(\d)\}/g, (_, i) => names[i])

/** Sets a text only where it differs, so that nothing is read out twice and no caret moves. */
export function setText(element, text) {
  if (element.textContent !== text)
    element.textContent = text
  element.hidden = text === ""
}
