/** What is ticked for a decision on several. The tick is there at once, and the server has the last word. */
export class Selection {
  constructor(page, bridge) {
    this.page = page
    this.bridge = bridge
  }

  get isEmpty() {
    return this.page.root.dataset.selecting === undefined
  }

  tickOf(id) {
    return this.page.rowOf(id)?.querySelector("[data-select]")
  }

  toggle(id) {
    this.tick(id, !this.tickOf(id)?.checked, null)
  }

  /** All from the last that was ticked. */
  extend(id) {
    this.tick(id, this.last ? true : !this.tickOf(id)?.checked, this.last ?? null)
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
