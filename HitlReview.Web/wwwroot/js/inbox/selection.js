const patience = 5000 // ms after which nothing more is expected of a selection

/** What is ticked for a decision on several. The tick is there at once, and the server has the last word. */
export class Selection {
  constructor(page, bridge) {
    this.page = page
    this.bridge = bridge
  }

  get isEmpty() {
    return this.page.root.dataset.selecting === undefined
  }

  /** Many are being selected, and the server has not said yet which: until then no key decides about one. */
  await() {
    this.isAwaited = true
    clearTimeout(this.awaiting)
    this.awaiting = setTimeout(() => this.isAwaited = false, patience)
  }

  /** The server has drawn something. */
  drawn() {
    if (this.isAwaited && !this.isEmpty)
      this.isAwaited = false
  }

  tickOf(id) {
    return this.page.rowOf(id)?.querySelector("[data-select]")
  }

  toggle(id) {
    this.tick(id, !this.tickOf(id)?.checked, null)
  }

  /** All from the last that was ticked. */
  extend(id) {
    // From one that is not ticked any more, nothing reaches to here.
    const from = this.last && this.tickOf(this.last)?.checked !== false ? this.last : null
    this.tick(id, from ? true : !this.tickOf(id)?.checked, from)
  }

  tick(id, isOn, from) {
    const box = this.tickOf(id)
    if (!box || box.disabled)
      return
    box.checked = isOn
    this.bridge.select(id, isOn, from)
    this.last = id
  }

  untick(id) {
    const box = this.tickOf(id)
    if (box)
      box.checked = false
  }
}
