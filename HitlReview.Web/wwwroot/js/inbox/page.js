// The parts of the inbox's page, and what all who act on it listen by.

export const wide = matchMedia("(min-width: 768px)")

/** What the page consists of, read anew each time: the server draws it. */
export class Page {
  constructor(root) {
    this.root = root
    this.leaving = new AbortController()
  }

  listen(target, events, act, { passive = true, capture = false } = {}) {
    events.split(" ").forEach(event => target.addEventListener(event, act, { signal: this.leaving.signal, passive, capture }))
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  get scroller() {
    return this.find("[data-list]")
  }

  get rows() {
    return [...this.root.querySelectorAll("[data-row]")]
  }

  get slots() {
    return [...this.root.querySelectorAll("[data-slot]")]
  }

  rowOf(id) {
    return this.rows.find(row => row.dataset.nodeExecId === id)
  }

  cardOf(id) {
    return this.slots.find(slot => slot.dataset.slot === id)?.querySelector("[data-card]")
  }

  /** How far below the top of the list a row is seen. */
  topOf(row) {
    return row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top
  }
}
