import { isLive, resume, titleOf } from "../card.js"
import { lead } from "../focus.js"
import { wide } from "./page.js"

const guard = 500 // ms in which no key decides about a review that has come into view by itself

/** Which review is current. That is decided here, so that going on to the next waits for no server. */
export class Current {
  constructor(page, bridge, list) {
    this.page = page
    this.bridge = bridge
    this.list = list
    this.id = null
    this.panel = null
    this.decided = new Set() // those that a press here was about
    this.isDone = false // all was decided, and nothing was left to go on to
  }

  close() {
    clearTimeout(this.resting)
    clearTimeout(this.guarding)
    this.id = null
  }

  get card() {
    return this.page.cardOf(this.id)
  }

  /** Makes a review current because the server says so: nothing is decided about it within half a second. */
  show(id, takesFocus) {
    this.decided.delete(id)
    this.goTo(id, { takesFocus, byItself: true, tells: false })
  }

  /** Where nothing is current yet, the first card that is drawn is. */
  begin() {
    const first = this.id === null && this.page.slots[0]
    if (first && (wide.matches || this.page.root.matches(".inbox-reading")))
      this.show(first.dataset.slot, false)
  }

  /** The review that the reader is at goes into the address, unless they have gone on meanwhile, which only the browser knows. */
  async rest(id, tries = 0) {
    if (!isLive()) {
      this.isUntold = true
      return this.restLater(id)
    }
    if (this.isUntold)
      this.bridge.moved(id)
    this.isUntold = false
    const [from, to] = await this.bridge.rested(id) ?? []
    if (to && this.id === id && location.href === from)
      Blazor.navigateTo(to, { replaceHistoryEntry: true })
    // The server may not have been that far; or what it said got lost.
    else if (this.id === id && wide.matches && tries < 5 && !location.pathname.endsWith(`/${encodeURIComponent(id)}`))
      this.restLater(id, tries + 1)
  }

  /** The connection is back: of where the reader went meanwhile nobody has heard. */
  retell() {
    if (this.id === null)
      return
    this.bridge.moved(this.id)
    this.restLater(this.id)
  }

  /** Goes on from a review that was decided by other means than its own button, perhaps with others. */
  advance(id, decided) {
    decided.forEach(one => this.decided.add(one))
    if (this.id === id)
      this.goOn(id)
  }

  goTo(id, { takesFocus = true, byItself = false, tells = true } = {}) {
    this.id = id
    this.wantsFocus = takesFocus
    this.isDone = false
    if (byItself)
      this.guard()
    else
      this.page.root.removeAttribute("data-guarded")
    this.mark()
    this.pressed = this.wouldPress()
    this.page.rowOf(id)?.scrollIntoView({ block: "nearest" })
    if (tells)
      this.bridge.moved(id)
    this.restLater(id)
  }

  restLater(id, tries = 0) {
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.rest(id, tries), 400)
  }

  /** What has come into view by itself wants to be seen first. */
  guard() {
    this.page.root.setAttribute("data-guarded", "")
    clearTimeout(this.guarding)
    this.guarding = setTimeout(() => this.page.root.removeAttribute("data-guarded"), guard)
  }

  /** What a key that decides would press, or where it would look for that. */
  wouldPress() {
    return this.page.find('[data-panel] [data-act="approve"]') ?? this.page.find("[data-several]") ?? this.card
  }

  isGuarded() {
    return this.page.root.hasAttribute("data-guarded")
  }

  /** To the review behind or before the current one, whatever became of it. */
  move(by) {
    const rows = this.page.rows
    const here = rows.findIndex(row => row.dataset.nodeExecId === this.id)
    const next = here < 0 ? rows.find(row => this.page.topOf(row) >= 0) : rows[here + by]
    if (next)
      this.visit(next)
  }

  // The server judges the press; where nothing of it has to be looked at first, the next review is there at once.
  decide(button) {
    const card = button.closest("[data-card]")
    const id = card?.closest("[data-slot]")?.dataset.slot
    if (id === undefined || card.dataset.confirm !== undefined || !isLive())
      return
    this.decided.add(id)
    setTimeout(() => this.id === id && this.goOn(id))
  }

  /** What is put aside is left at once: the next key must not be about it. */
  putAside(button) {
    const id = button.closest("[data-slot]")?.dataset.slot
    button.closest("[data-aside]").open = false
    if (id === undefined || !isLive())
      return
    this.guard()
    setTimeout(() => this.id === id && this.leave(id))
  }

  leave(id) {
    this.goOn(id)
    if (!this.isDone)
      return
    // Nothing is left to go on to: back to the list or, beside it, to the head of the card, which says what became of it.
    const back = this.page.find(".inbox-back")
    if (!wide.matches && back)
      return void this.bridge.go(back.getAttribute("href"))
    this.page.find("[data-detail]").scrollTop = 0
    lead(titleOf(this.card))
  }

  /** After a decision: to the next that can still be decided, behind it or else before it. */
  goOn(from) {
    const rows = this.page.rows
    const here = rows.findIndex(row => row.dataset.nodeExecId === from)
    const open = row => row.dataset.decidable !== undefined && row.dataset.nodeExecId !== from && !this.decided.has(row.dataset.nodeExecId)
    const next = rows.slice(here + 1).find(open) ?? rows.slice(0, Math.max(0, here)).reverse().find(open)
    if (!next && !this.isDone)
      // There is no place left to keep: what is over may leave the list.
      this.list.toTop()
    this.isDone = !next
    if (next)
      this.visit(next, true)
  }

  visit(row, byItself = false) {
    // Behind the comparison nothing takes the focus.
    if (wide.matches)
      this.goTo(row.dataset.nodeExecId, { byItself, takesFocus: !this.panel })
    else
      this.bridge.go(row.querySelector("[data-go]").getAttribute("href"))
  }

  /** Draws which row and card are current, also after the server has drawn them anew. */
  mark() {
    for (const row of this.page.rows) {
      // From here on the row says so itself, also if it is undone.
      if (row.dataset.decidable === undefined)
        this.decided.delete(row.dataset.nodeExecId)
      const isCurrent = row.dataset.nodeExecId === this.id
      row.toggleAttribute("data-current", isCurrent)
      const link = row.querySelector("[data-go]")
      isCurrent ? link?.setAttribute("aria-current", "true") : link?.removeAttribute("aria-current")
    }
    this.rove()
    let there = false
    for (const slot of this.page.slots) {
      const isCurrent = slot.dataset.slot === this.id
      there ||= isCurrent
      slot.toggleAttribute("data-shown", isCurrent)
    }
    this.page.root.toggleAttribute("data-pending", this.id !== null && !there)
    const title = this.wantsFocus && titleOf(this.card)
    if (title) {
      this.wantsFocus = false
      lead(title)
      this.page.find("[data-detail]").scrollTop = 0
    }
  }

  /** The list is one stop for Tab: the current row or else the first; from row to row lead the arrows. */
  rove() {
    const { rows } = this.page
    const stop = rows.find(row => row.contains(document.activeElement)) ?? this.page.rowOf(this.id) ?? rows[0]
    for (const row of rows)
      for (const part of row.querySelectorAll("[data-go], [data-select]"))
        part.tabIndex = row === stop ? 0 : -1
  }

  /** From row to row with the focus. Where there is room the review goes along; elsewhere it is opened by Enter. */
  step(by) {
    const row = document.activeElement.closest("[data-row]")
    const next = this.page.rows[this.page.rows.indexOf(row) + by]
    if (!next)
      return
    if (wide.matches)
      this.goTo(next.dataset.nodeExecId, { takesFocus: false })
    next.querySelector("[data-go]").focus()
    this.rove()
  }

  /** The server has drawn something. */
  drawn() {
    // All was done, and now something new waits.
    if (this.isDone && !this.panel)
      this.goOn(this.id)
    if (this.resumed !== this.id && this.card) {
      this.resumed = this.id
      resume(this.card)
    }
    const pressed = this.wouldPress()
    if (pressed !== this.pressed) {
      this.pressed = pressed
      // What is selected is only shown by a key.
      if (!pressed?.matches("[data-several]"))
        this.guard()
    }
    const panel = this.page.find("[data-panel]")
    if (panel !== this.panel) {
      this.panel = panel
      lead(titleOf(panel ?? this.card))
    }
  }
}
