// What a person handles to change one value. Each control is `{ element, input, update(node, plan) }`: `input` is what a label belongs to,
// and `update` is told the value each time the text has changed, whoever changed it.
import { fill, make } from "./dom.js"
import { shownAs } from "./patches.js"
import { isNumber, says } from "./reading.js"
import { plain, sameScalar } from "./schema.js"
import { unseenIn, visible } from "./unseen.js"

const previewed = 200

/** A string: a line, or a box that grows with its text. */
export function text(slot, attributes, isArea) {
  const { form } = slot
  const type = () => form.type(slot, box.value)
  const box = make(isArea ? "textarea" : "input", {
    ...attributes, ...(isArea ? { rows: 1 } : { type: "text" }), autocomplete: "off", spellcheck: "false", oninput: type,
    // A line box drops the line feeds of what is put into it. Here they are taken, and the line becomes a box.
    onpaste: event => put(event, shownAs(event.clipboardData.getData("text/plain"))),
    onkeydown: event => event.key === "Enter" && event.shiftKey && put(event, "\n"),
  })

  function put(event, added) {
    if (isArea || !added.includes("\n"))
      return
    event.preventDefault()
    const { selectionStart: from, selectionEnd: to, value } = box
    form.type(slot, value.slice(0, from) + added + value.slice(to), from + added.length)
  }

  return {
    element: box,
    input: box,
    update(node) {
      const raw = form.rawOf(node)
      const said = says(raw) ?? ""
      const shown = shownAs(said)
      if (box.value !== shown)
        box.value = shown
      box.placeholder = node.kind === "null" ? "null" : ""
      const hidden = unseenIn(said)
      slot.noteText(hidden.length > 0 ? fill(form.words.unseen, hidden.slice(0, 20).join(", ") + (hidden.length > 20 ? ", …" : "")) : "")
      if (isArea)
        box.rows = Math.min(16, shown.split("\n").reduce((rows, line) => rows + 1 + Math.floor(line.length / 90), 0))
    },
  }
}

/** A string too long for a box in a form. */
export function long(slot, attributes) {
  const box = make("input", { ...attributes, type: "text", readonly: true })
  const { editInJson, tooLong } = slot.form.words
  const button = make(
    "button",
    { type: "button", class: "quiet", "aria-label": `${editInJson}: ${slot.name}`, onclick: () => slot.form.reveal(slot.node) },
    editInJson)
  return {
    element: make("div", { class: "form-long" }, box, button),
    input: box,
    update(node) {
      const said = says(slot.form.rawOf(node))
      box.value = visible(said.slice(0, previewed)) + "…"
      slot.noteText(fill(tooLong, said.length.toLocaleString("en")))
    },
  }
}

/** A number: its digits, as they are written. What isn't one stays in the box and out of the text. */
export function number(slot, attributes) {
  const { form } = slot
  const box = make("input", { ...attributes, type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", oninput: type })
  let last

  function type() {
    const typed = box.value.trim()
    if (isNumber(typed)) {
      form.pending.delete(slot)
      form.write(slot, typed, "input.type")
    } else {
      form.pending.set(slot, form.words.notNumber)
    }
    form.pendingChanged()
  }

  return {
    element: box,
    input: box,
    update(node) {
      const raw = node.kind === "null" ? "" : form.rawOf(node)
      if (raw !== last && form.pending.delete(slot))
        form.pendingChanged()
      last = raw
      if (!form.pending.has(slot) && box.value.trim() !== raw)
        box.value = raw
      box.placeholder = node.kind === "null" ? "null" : ""
    },
  }
}

/** One of a few values. */
export function choice(slot, attributes, choices) {
  const { form } = slot
  const other = make("option", { value: "-1" })
  const choose = () => box.value !== "-1" && form.write(slot, choices[Number(box.value)].raw, "input.choose")
  const options = choices.map((one, i) => make("option", { value: i }, visible(one.name)))
  const box = make("select", { ...attributes, onchange: choose }, ...options)
  return {
    element: box,
    input: box,
    update(node) {
      const raw = form.rawOf(node)
      const at = choices.findIndex(one => sameScalar(one.raw, raw))
      if (at < 0) {
        other.textContent = node.kind === "null" ? form.words.choose : visible(plain(raw).slice(0, previewed))
        box.prepend(other)
      } else {
        other.remove()
      }
      box.value = String(at)
    },
  }
}

/** What can't be another. */
export function fixed(slot, attributes) {
  const box = make("input", { ...attributes, type: "text", readonly: true })
  return {
    element: box,
    input: box,
    update(node) {
      box.value = visible(plain(slot.form.rawOf(node)))
    },
  }
}
