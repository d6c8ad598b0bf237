/**
 * The list keeps still under the hand: the row that the reader is at holds its place whatever comes in above it, and the server is told
 * when the list may move again.
 */
export class List {
  constructor(page, bridge) {
    this.page = page
    this.bridge = bridge
    this.shifted = 0 // how far the list was scrolled by us and not by the reader
    this.atRest = true
    this.places = [] // of the row that the reader is at, and of those below it

    page.listen(page.root, "pointerover pointermove focusin", event => this.hold(event))
    page.listen(page.root, "pointerout focusout", () => setTimeout(() => this.settle()))
    page.listen(page.root, "scroll", event => event.target === this.scroller && this.scrolled(), { capture: true })
    page.listen(window, "resize", () => this.scrolled())
  }

  get scroller() {
    return this.page.scroller
  }

  /** How much higher this browser's rows are than what the server reckons with: by its text, and as close as its reader wants them. */
  get scale() {
    const style = getComputedStyle(document.documentElement)
    return Number.parseFloat(style.fontSize) / 16 * Number.parseFloat(style.getPropertyValue("--density"))
  }

  /** A list that is first seen further down is there before it is seen at all, and the server learns how much of it is seen. */
  startAt() {
    if (this.started || !this.scroller?.clientHeight)
      return
    this.started = true
    this.scroller.scrollTop = (this.scroller.dataset.startsAt ?? 0) * this.scale
    this.scrolled()
  }

  /** Brings a review of the list into sight, which is so far down; one that is in sight stays where it is. */
  seek(id, top) {
    const row = this.page.rowOf(id)
    if (!row || this.page.topOf(row) < 0 || this.page.topOf(row) + row.offsetHeight > this.scroller.clientHeight)
      this.scroller.scrollTo(0, top * this.scale)
    else
      this.scrolled()
  }

  toTop() {
    this.scroller?.scrollTo(0, 0)
    this.remember()
  }

  /** The same before the reader's eyes, because they ask for it. */
  glideToTop() {
    this.shifted = 0
    this.scroller.scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  }

  hold(event) {
    const row = event.target instanceof Element ? event.target.closest("[data-row]") : null
    if (row)
      this.held = row
    this.remember()
    this.report()
  }

  isInHand() {
    return this.scroller?.matches(":hover") || this.scroller?.querySelector(":focus-visible") != null
  }

  remember() {
    if (!this.scroller)
      return
    if (this.held && !this.held.isConnected)
      this.held = null
    const rows = this.page.rows
    const row = this.isInHand() && this.held ? this.held
      : this.scroller.scrollTop > 0 ? rows.find(r => this.page.topOf(r) + r.offsetHeight > 0)
      : null
    this.places = row ? rows.slice(rows.indexOf(row)).map(each => ({ row: each, top: this.page.topOf(each) })) : []
  }

  /** The server has drawn something, and nothing of it is painted yet. */
  drawn() {
    const place = this.places.find(({ row }) => row.isConnected)
    if (this.scroller && place)
      this.keep(place)
    this.remember()
    this.report()
  }

  // What ends before the server has heard of the hand leaves the list at once. The first of the rows from there on that is left stays where
  // it is, if need be with room above it that nothing takes up.
  keep(place) {
    const moved = this.page.topOf(place.row) - place.top
    // Set to where it is already, it would end the scrolling that is under way.
    if (moved !== 0) {
      const before = this.scroller.scrollTop
      this.scroller.scrollTop += moved
      this.shifted += this.scroller.scrollTop - before
    }
    const lacking = place.top - this.page.topOf(place.row)
    if (lacking > 1 && this.isInHand())
      this.scroller.style.paddingTop = `${this.room + lacking}px`
    if (this.held && !this.held.isConnected)
      this.held = place.row
  }

  get room() {
    return Number.parseFloat(this.scroller.style.paddingTop) || 0
  }

  settle() {
    if (!this.scroller || this.isInHand())
      return
    this.held = null
    const room = this.room
    if (room !== 0) {
      this.scroller.style.paddingTop = ""
      this.scroller.scrollTop -= room
    }
    // What was scrolled only to keep the place goes back; where the reader had scrolled, they stay.
    if (this.shifted !== 0 && Math.abs(this.scroller.scrollTop - this.shifted) < 2)
      this.scroller.scrollTop = 0
    this.shifted = 0
    this.remember()
    this.report()
  }

  report() {
    const atRest = !this.scroller || (this.scroller.scrollTop < 2 && !this.isInHand())
    if (atRest !== this.atRest)
      this.bridge.mayMove(this.atRest = atRest)
  }

  // One message on its way at a time, the last place always.
  async scrolled() {
    this.remember()
    this.report()
    this.moved = true
    if (this.telling)
      return
    this.telling = true
    while (this.moved && this.scroller) {
      this.moved = false
      await this.bridge.scrolled(Math.round(this.scroller.scrollTop / this.scale), Math.round(this.scroller.clientHeight / this.scale))
    }
    this.telling = false
  }
}
