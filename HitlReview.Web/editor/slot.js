import { combobox } from "./combobox.js"
import * as controls from "./controls.js"
import { fill, make, newId, setText } from "./dom.js"
import * as groups from "./groups.js"
import { convert, reshape } from "./patches.js"
import { visible } from "./unseen.js"

const kinds = ["string", "number", "boolean", "object", "array", "null"]
const bools = [{ raw: "true", name: "true" }, { raw: "false", name: "false" }]
const grouped = { object: groups.object, array: groups.array, deferred: groups.deferred }

/** The place of one value in the form: its name, what is said about it, its faults, and the control that fits what the value is now. */
export class Slot {
  /** @param about `key` or `name`; `longName` where the name alone doesn't say whose; `required`; `hint`. */
  constructor(form, parent, path, about) {
    Object.assign(this, { form, path, about, depth: parent ? parent.depth + 1 : 0, signature: null, control: null })
    this.element = make("div", { class: "form-slot" })
    form.slots.set(path, this)
  }

  /** Shows the value as it is now. */
  update(node, schema) {
    this.node = node
    const plan = this.form.plan(this, schema)
    if (plan.signature !== this.signature)
      this.build(plan)
    this.choosers.forEach((box, i) => box.select(plan.choosers[i].index))
    if (this.kindBox)
      this.kindBox.value = node.kind
    this.nullButton?.setAttribute("aria-pressed", node.kind === "null")
    this.control.update(node)
  }

  build(plan) {
    const { form, about } = this
    const active = document.activeElement
    const held = this.element.contains(active) && this.control?.input === active ? active.selectionStart : undefined
    this.control?.dispose?.()
    this.signature = plan.signature
    const group = grouped[plan.control]
    const title = plan.own.title === undefined || about.name !== undefined ? null : visible(plan.own.title)
    const key = about.key === undefined ? null : visible(about.key)
    this.name = about.longName ?? about.name ?? title ?? key

    this.hint = make("div", { id: newId(), class: "hint form-hint" })
    setText(this.hint, [plan.own.description, about.hint].filter(Boolean).map(visible).join(" "))
    this.note = make("div", { id: newId(), class: "form-note", hidden: true })
    this.fault = make("div", { id: newId(), class: "bad form-fault", hidden: true })
    const described = [this.hint, this.note, this.fault].map(part => part.id).join(" ")
    const attributes = {
      id: newId(),
      "data-testid": "form-field",
      "data-path": this.path,
      "aria-describedby": described,
      "aria-label": about.longName ?? null,
    }

    this.control = group ? group(this, plan) : control(this, plan, attributes)
    this.choosers = plan.choosers.map((chooser, level) => combobox(
      { "aria-label": fill(form.words.variantOf, this.name), "data-testid": "form-variant", "data-path": this.path },
      chooser.variants,
      form.words,
      i => this.become(level, i)))
    this.kindBox = plan.kinds && this.makeKindBox(plan.kinds)
    this.nullButton = plan.mayBeNull ? this.makeNullButton(plan) : null

    const names = [
      title === null ? null : make("bdi", { class: "form-title" }, title),
      key === null ? null : make("code", { class: "key" }, make("bdi", {}, key)),
      about.name === undefined ? null : make("bdi", { class: "form-title" }, about.name),
    ]
    const required = about.required ? make("span", { class: "hint" }, form.words.required) : null
    const body = [this.hint, ...this.choosers.map(box => box.element), this.control.element, this.note, this.fault]
    this.element.replaceChildren(group
      ? make(
        "fieldset",
        { class: "form-group", "aria-describedby": described, "data-testid": "form-group", "data-path": this.path },
        make("legend", {}, make("span", { class: "form-names" }, ...names), required),
        this.kindBox || this.nullButton ? make("div", { class: "form-extras" }, this.kindBox, this.nullButton) : null,
        ...body)
      : make(
        "div",
        { class: "form-field" },
        make("div", { class: "form-names" }, make("label", { for: attributes.id }, ...names), required, this.kindBox, this.nullButton),
        ...body))
    if (held !== undefined) {
      this.control.update(this.node)
      this.focus()
      if (typeof held === "number" && "setSelectionRange" in document.activeElement)
        document.activeElement.setSelectionRange(held, held)
    }
  }

  makeKindBox(offered) {
    const { words } = this.form
    const attributes = {
      class: "form-kind",
      "aria-label": fill(words.kindOf, this.name),
      "data-testid": "form-kind",
      "data-path": this.path,
      onchange: event => this.makeKind(event.target.value),
    }
    return make("select", attributes, ...offered.map(kind => make("option", { value: kind }, words[kind])))
  }

  makeNullButton(plan) {
    const name = fill(this.form.words.nullOf, this.name)
    return make("button", { type: "button", class: "quiet form-null", "aria-label": name, onclick: () => this.toggleNull(plan) }, "null")
  }

  focus() {
    const operable = "input:not(:disabled), select, textarea, button:not([hidden], :disabled)"
    const target = this.control.input ?? this.element.querySelector(operable)
    target?.focus()
    target?.scrollIntoView({ block: "nearest" })
  }

  noteText(text) {
    setText(this.note, text)
  }

  showFaults(messages) {
    setText(this.fault, messages.join("; "))
    const { input } = this.control
    if (input && (messages.length > 0) !== (input.getAttribute("aria-invalid") === "true"))
      input.setAttribute("aria-invalid", messages.length > 0)
  }

  /** Makes the value one of another variant: what both know stays as it is written. */
  become(level, index) {
    const { form, node, plan } = this
    const { variants, index: before } = plan.choosers[level]
    const { schema, tag } = variants[index]
    form.chosen.set(`${this.path}#${level}`, index)
    const fits = form.schema.shape(schema)
    if (node.kind !== "object" || (fits.kinds && !fits.kinds.includes("object"))) {
      const stays = fits.kinds?.includes(node.kind) && !fits.choices
      return form.write(this, stays ? form.rawOf(node) : form.schema.skeleton(schema), "input.choose", this.path)
    }
    const old = before < 0 ? {} : variants[before].schema
    const constants = Object.keys(schema.properties ?? {}).flatMap(key => {
      const { choices } = form.schema.shape(schema.properties[key])
      return choices?.length === 1 && (key === tag || (schema.required ?? []).includes(key)) ? [[key, choices[0].raw]] : []
    })
    const mayStay = key => form.schema.member(schema, key).known || !form.schema.member(old, key).named
    form.write(this, reshape(form.text, node, mayStay, constants, form.schema.wanted(schema)), "input.choose", this.path)
  }

  makeKind(kind) {
    const { form, node, plan } = this
    const fresh = kind === "number" ? "0" : form.schema.blank(kind, kind === "object" ? plan.schema : {})
    form.write(this, convert(form.rawOf(node), kind, fresh), "input.choose", this.path)
  }

  toggleNull(plan) {
    if (this.node.kind !== "null")
      return this.form.write(this, "null", "input.choose")
    const fresh = plan.choices ? "null" : this.form.schema.blank(plan.kind, plan.schema)
    if (fresh === "null") // Only the person can say: the box is empty and waits.
      this.focus()
    else
      this.form.write(this, fresh, "input.choose", this.path)
  }

  dispose() {
    this.control?.dispose?.()
    this.form.slots.delete(this.path)
    if (this.form.pending.delete(this))
      this.form.pendingChanged()
  }
}

function control(slot, plan, attributes) {
  switch (plan.control) {
    case "area": return controls.text(slot, attributes, true)
    case "line": return controls.text(slot, attributes, false)
    case "long": return controls.long(slot, attributes)
    case "number": return controls.number(slot, attributes)
    case "boolean": return controls.choice(slot, attributes, bools)
    case "choice": return controls.choice(slot, attributes, plan.choices)
    default: return controls.fixed(slot, attributes)
  }
}

/** Which kinds a person may choose from: null if there is nothing to choose. */
export function kindsToChoose(allowed, actual) {
  if (allowed === null)
    return kinds
  const others = allowed.filter(kind => kind !== "null")
  const mayStartAsNull = allowed.includes("null") || !["object", "array"].includes(others[0])
  const isPlain = others.length === 1 && (actual === others[0] || (actual === "null" && mayStartAsNull))
  return isPlain || (allowed.length === 1 && allowed[0] === actual) ? null : kinds.filter(kind => allowed.includes(kind) || kind === actual)
}
