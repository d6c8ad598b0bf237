// Objects and lists, part by part. They keep the slots of the parts that stay, so that no focus is lost while the text changes.
import { fill, make, newId, setText } from "./dom.js"
import { append, member, remove, swap } from "./patches.js"
import { pathTo } from "./reading.js"
import { Slot } from "./slot.js"
import { visible } from "./unseen.js"

/** How many parts are shown at first, and more with each wish. */
const step = 50

const tool = (words, name, act) => make("button", { type: "button", class: "quiet", "aria-label": name, title: name, onclick: act }, words)

/** Keeps one row for each part that is shown, in order. `keyOf(i)` tells parts apart, `create(i)` makes a row `{ element, slot }`. */
class Rows {
  constructor(slot, element, keyOf, create) {
    Object.assign(this, { slot, keyOf, create, element, rows: new Map(), shown: step })
    this.more = make("button", { type: "button", class: "quiet form-more", onclick: () => this.showMore() })
    this.whole = make("div", { class: "form-rows" }, element, this.more)
  }

  showMore() {
    const first = this.shown
    this.shown += step
    this.slot.form.allow()
    this.slot.form.refresh()
    this.rows.get(this.keyOf(first))?.slot.focus()
  }

  update(count, updateRow) {
    const shown = Math.min(count, this.shown)
    const keys = Array.from({ length: shown }, (_, i) => this.keyOf(i))
    const kept = new Set(keys)
    for (const [key, row] of this.rows)
      if (!kept.has(key)) {
        row.slot.dispose()
        row.element.remove()
        this.rows.delete(key)
      }
    keys.forEach((key, i) => {
      if (!this.rows.has(key))
        this.rows.set(key, this.create(i))
      const row = this.rows.get(key)
      if (this.element.children[i] !== row.element)
        this.element.insertBefore(row.element, this.element.children[i] ?? null)
      updateRow(row, i)
    })
    const left = count - shown
    setText(this.more, left > 0 ? fill(this.slot.form.words.more, Math.min(step, left), left.toLocaleString("en")) : "")
  }

  dispose() {
    for (const row of this.rows.values())
      row.slot.dispose()
  }
}

/** An object: what it has, in its own order; then what it may have. */
export function object(slot, plan) {
  const { form } = slot
  const { schema } = plan
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const rows = new Rows(slot, make("div", { class: "form-members" }), i => slot.node.members[i].key, create)
  const offers = make("div", { class: "form-offers" })
  const adding = form.schema.isMap(schema) ? adder() : null
  let offered

  function create(i) {
    const { key } = slot.node.members[i]
    const { known } = form.schema.member(schema, key)
    const about = { key, required: required.has(key), hint: known ? null : form.words.unknownKey }
    const child = new Slot(form, slot, pathTo(slot.path, key), about)
    const take = required.has(key) ? null : tool(form.words.remove, fill(form.words.removeNamed, visible(key)), () => {
      const at = slot.node.members.findIndex(part => part.key === key)
      const next = slot.node.members[at + 1] ?? slot.node.members[at - 1]
      form.edit([remove(slot.node, at)], "delete", next ? pathTo(slot.path, next.key) : slot.path)
    })
    return { slot: child, element: make("div", { class: "form-row" }, child.element, take && make("div", { class: "form-tools" }, take)) }
  }

  function add(key, raw) {
    rows.shown = Math.max(rows.shown, slot.node.members.length + 1)
    form.allow()
    form.edit([append(form.text, slot.node, member(key, raw))], "input.add", pathTo(slot.path, key))
  }

  function adder() {
    const fault = make("p", { id: newId(), class: "bad", role: "alert", hidden: true })
    const name = fill(form.words.newKey, slot.name)
    const box = make("input", {
      type: "text", "aria-label": name, placeholder: form.words.newKeyShort, title: name, "aria-describedby": fault.id,
      autocomplete: "off", spellcheck: "false", onkeydown: event => event.key === "Enter" && put(event),
    })
    const put = event => {
      event.preventDefault()
      const there = slot.node.members.some(part => part.key === box.value)
      setText(fault, there ? form.words.keyThere : box.value === "" ? form.words.keyEmpty : "")
      box.setAttribute("aria-invalid", !fault.hidden)
      if (!fault.hidden)
        return box.focus()
      const key = box.value
      box.value = ""
      add(key, form.schema.skeleton(form.schema.member(schema, key).schema))
    }
    const button = make("button", { type: "button", class: "quiet", onclick: put }, form.words.addKey)
    return make("div", { class: "form-adder" }, box, button, fault)
  }

  return {
    element: make("div", { class: "form-parts" }, rows.whole, offers, adding),
    update(node) {
      rows.update(node.members.length, (row, i) => {
        const { key, value } = node.members[i]
        row.slot.update(value, form.schema.member(schema, key).schema)
      })
      const there = new Set(node.members.map(part => part.key))
      const missing = Object.keys(schema.properties ?? {}).filter(key => !there.has(key))
      if (offered !== missing.join("\n")) {
        offered = missing.join("\n")
        offers.replaceChildren(...missing.map(key => {
          const inner = schema.properties[key]
          const name = visible(form.schema.resolve(inner).title ?? key)
          const act = () => add(key, form.schema.skeleton(inner))
          return make(
            "button",
            { type: "button", class: "quiet", "data-testid": "form-add", "data-key": key, onclick: act },
            fill(required.has(key) ? form.words.addRequired : form.words.add, name))
        }))
      }
    },
    dispose: () => rows.dispose(),
  }
}

/** A list. */
export function array(slot, plan) {
  const { form } = slot
  const { schema } = plan
  const rows = new Rows(slot, make("ol", { class: "form-items", start: 0 }), i => i, create)
  const more = make("button", { type: "button", class: "quiet", "data-testid": "form-add-item", onclick: add })
  more.append(fill(form.words.addItem, slot.name))

  function create(i) {
    const name = fill(form.words.itemOf, i, slot.name)
    const child = new Slot(form, slot, pathTo(slot.path, i), { name: fill(form.words.item, i), longName: name })
    const change = j => {
      const [a, b] = [slot.node.items[Math.min(i, j)], slot.node.items[Math.max(i, j)]]
      form.edit(swap(form.text, a, b), "move")
      const moved = rows.rows.get(j)?.element.querySelector(j < i ? ".form-up" : ".form-down")
      if (moved && !moved.disabled)
        moved.focus()
      else
        rows.rows.get(j)?.slot.focus()
    }
    const up = tool("↑", fill(form.words.up, name), () => change(i - 1))
    const down = tool("↓", fill(form.words.down, name), () => change(i + 1))
    const take = tool(form.words.remove, fill(form.words.removeNamed, name), () => {
      const left = slot.node.items.length - 1
      form.edit([remove(slot.node, i)], "delete", left > 0 ? pathTo(slot.path, Math.min(i, left - 1)) : slot.path)
    })
    up.classList.add("form-up")
    down.classList.add("form-down")
    const element = make("li", { class: "form-row" }, child.element, make("div", { class: "form-tools" }, up, down, take))
    return { slot: child, up, down, element }
  }

  function add() {
    const { items } = slot.node
    const inner = form.schema.item(schema, items.length)
    const last = items[items.length - 1]
    // Without a schema the next item is one like the last.
    const { kinds, variants } = form.schema.shape(inner)
    const raw = last && kinds === null && !variants ? form.schema.blank(last.kind, {}) : form.schema.skeleton(inner)
    rows.shown = Math.max(rows.shown, items.length + 1)
    form.allow()
    form.edit([append(form.text, slot.node, raw)], "input.add", pathTo(slot.path, items.length))
  }

  return {
    element: make("div", { class: "form-parts" }, rows.whole, make("div", { class: "form-offers" }, more)),
    update(node) {
      rows.update(node.items.length, (row, i) => {
        row.up.disabled = i === 0
        row.down.disabled = i === node.items.length - 1
        row.slot.update(node.items[i], form.schema.item(schema, i))
      })
    },
    dispose: () => rows.dispose(),
  }
}

/** An object or list that isn't shown yet, because a form of thousands of fields helps nobody and takes its time. */
export function deferred(slot) {
  const { form } = slot
  const button = make("button", { type: "button", class: "quiet", "data-testid": "form-show", onclick: () => {
    form.opened.add(slot.path)
    form.allow()
    form.refresh()
    slot.focus()
  } })
  return {
    element: button,
    update(node) {
      const count = (node.members ?? node.items).length
      setText(button, fill(node.members ? form.words.showFields : form.words.showItems, count.toLocaleString("en"), slot.name))
    },
  }
}
