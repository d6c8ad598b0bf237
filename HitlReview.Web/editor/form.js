// The form of a JSON text: made from its schema, and from the text itself where the schema says nothing. It holds no value of its own.
// Each edit is a small change of the text, and after each change of the text the form is brought to what it says.
import { make } from "./dom.js"
import { difference, indentOf, layOut, retype } from "./patches.js"
import { parse, pathTo, stepInto } from "./reading.js"
import { Slot, kindsToChoose } from "./slot.js"

/** How many fields are made before the rest waits to be asked for, and how deep. */
const budget = 600
const deepest = 12
const longestText = 20_000
const longestLine = 80

export class Form {
  /**
   * @param schema A Schema.
   * @param host `{ change(changes, event), undo(), redo(), reveal(node), pendingChanged() }`
   */
  constructor(schema, label, words, host) {
    Object.assign(this, {
      schema, words, host, budget, text: "", refused: [],
      slots: new Map(), pending: new Map(), opened: new Set(), chosen: new Map(), ids: new Map(),
    })
    this.fields = make("fieldset", { class: "form-fields", onkeydown: event => this.keyDown(event) })
    this.broken = make(
      "div",
      { class: "form-broken", hidden: true },
      make("p", {}, words.broken),
      make("button", { type: "button", class: "button", onclick: () => this.reveal(null) }, words.showJson))
    this.element = make("div", { class: "form" }, this.fields, this.broken)
    this.root = new Slot(this, null, "$", { name: label })
    this.fields.append(this.root.element)
  }

  /** Shows a text. */
  show(text) {
    let node
    try {
      node = parse(text)
    } catch {
      node = null
    }
    this.fields.hidden = node === null
    this.broken.hidden = node !== null
    if (node === null)
      return
    this.text = text
    this.root.update(node, this.schema.root)
    this.showFaults()
  }

  refresh() {
    this.show(this.text)
  }

  /** Shows at their places what the server says of the text. */
  refuse(faults) {
    this.refused = faults
    if (this.root.node && !this.fields.hidden)
      this.showFaults()
  }

  showFaults() {
    const said = new Map()
    const add = (slot, message) => said.set(slot, [...new Set([...(said.get(slot) ?? []), message])])
    for (const { path, message } of this.refused) {
      let slot = this.root
      let rest = path.replace(/^\$/, "")
      while (rest) {
        const step = stepInto(slot.node, rest)
        const inner = step && this.slots.get(pathTo(slot.path, step.step))
        if (!inner)
          break
        slot = inner
        rest = rest.slice(step.length)
      }
      // A part that isn't there, or isn't shown, is named.
      add(slot, rest ? `${rest.replace(/^\./, "")} ${message}` : message)
    }
    for (const [slot, message] of this.pending)
      add(slot, message)
    for (const slot of this.slots.values())
      slot.showFaults(said.get(slot) ?? [])
  }

  /** What stands in the form and can't stand in the text. */
  faults() {
    return [...this.pending].map(([slot, message]) => ({ path: slot.path, message })).slice(0, 20)
  }

  /** The text was changed elsewhere: that counts, not what is half typed here. */
  forget() {
    this.pending.clear()
  }

  pendingChanged() {
    this.showFaults()
    this.host.pendingChanged()
  }

  /** How a value is asked for. */
  plan(slot, schema) {
    const { node } = slot
    const own = this.schema.resolve(schema)
    let shape = this.schema.shape(schema)
    const choosers = []
    while (shape.variants && choosers.length < 3) {
      const { variants } = shape
      const chosen = this.chosen.get(`${slot.path}#${choosers.length}`)
      const stillFits = variants[chosen] && this.schema.fits(variants[chosen], this.text, node) >= 0
      const index = stillFits ? chosen : this.schema.match(variants, this.text, node)
      choosers.push({ variants, index })
      if (index < 0)
        break
      shape = this.schema.shape(variants[index].schema)
    }
    const { kinds, choices } = shape
    const isGroup = node.kind === "object" || node.kind === "array"
    const kind = node.kind === "null" ? kinds?.find(one => one !== "null") ?? "null" : node.kind
    const control = isGroup ? this.groupControl(slot) : choices ? this.choiceControl(choices, node) : this.controlOf(slot, kind)
    const toChoose = choosers.length > 0 || (choices && !isGroup) ? null : kindsToChoose(kinds, node.kind)
    const isNullable = kinds !== null && kinds.length > 1 && kinds.includes("null")
    const mayBeNull = isNullable && !toChoose && choosers.length === 0 && !choices?.some(choice => choice.raw === "null")
    const chosen = choosers.map(one => one.index)
    const signature = [control, this.idOf(own), this.idOf(shape.schema), ...chosen, toChoose?.join(), mayBeNull].join("|")
    slot.plan = { own, choosers, choices, kind, control, schema: shape.schema, kinds: toChoose, mayBeNull, signature }
    return slot.plan
  }

  choiceControl(choices, node) {
    return choices.length === 1 && choices[0].raw === this.rawOf(node) ? "fixed" : "choice"
  }

  controlOf(slot, kind) {
    const { node } = slot
    if (kind !== "string")
      return kind === "number" || kind === "boolean" ? kind : "fixed"
    if (node.kind === "null")
      return "line"
    if (node.to - node.from > longestText)
      return "long"
    // A box doesn't become a line while somebody types in it.
    const held = slot.plan?.control === "area" && slot.control?.input === document.activeElement
    return held || node.to - node.from > longestLine + 2 || /\\[nr]|\\u000[ad]/i.test(this.rawOf(node)) ? "area" : "line"
  }

  groupControl(slot) {
    const isOpen = this.opened.has(slot.path) || (slot.plan && slot.plan.control === slot.node.kind)
    const isAfforded = slot.depth <= deepest && this.slots.size <= this.budget
    return isOpen || isAfforded ? slot.node.kind : "deferred"
  }

  /** Somebody wants to see more. */
  allow() {
    this.budget = this.slots.size + budget
  }

  idOf(schema) {
    if (!this.ids.has(schema))
      this.ids.set(schema, this.ids.size)
    return this.ids.get(schema)
  }

  rawOf(node) {
    return this.text.slice(node.from, node.to)
  }

  /** Changes the text; `focus` is the path of the field that gets the focus afterwards. */
  edit(changes, event, focus) {
    this.host.change(changes, event)
    if (focus !== undefined)
      this.slots.get(focus)?.focus()
  }

  /** Writes another value in the place of one. */
  write(slot, raw, event, focus) {
    const before = this.rawOf(slot.node)
    const isToLayOut = /^[{[]/.test(raw) && this.text.includes("\n") && !raw.includes("\n")
    const after = isToLayOut ? layOut(raw, indentOf(this.text, slot.node.from)) : raw
    if (before !== after)
      this.edit([difference(before, after, slot.node.from)], event, focus)
    else
      this.refresh()
  }

  /** A person types in a text. */
  type(slot, typed, caret) {
    const { node } = slot
    const change = node.kind === "string"
      ? retype(this.rawOf(node), typed, node.from)
      : { from: node.from, to: node.to, insert: JSON.stringify(typed) }
    this.edit([change], "input.type")
    if (caret !== undefined)
      slot.control.input.setSelectionRange(caret, caret)
  }

  reveal(node) {
    this.host.reveal(node)
  }

  keyDown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey)
      return
    const key = event.key.toLowerCase()
    if (key !== "z" && key !== "y")
      return
    // The browser's own undo knows one box; this one knows the text, whoever changed it.
    event.preventDefault()
    this.forget()
    if (key === "y" || event.shiftKey)
      this.host.redo()
    else
      this.host.undo()
    this.refresh()
    this.pendingChanged()
  }

  focus() {
    this.root.focus()
  }

  lock(on) {
    this.fields.disabled = on
  }
}
