// Keeps the list still under the hand. The server puts rows in and takes them out; here the one that the reader is at holds its place,
// whatever happens above it, and the server is told when the list may move again.

export function watch(scroller, owner) {
  return new Watch(scroller, owner)
}

class Watch {
  constructor(scroller, owner) {
    this.scroller = scroller
    this.owner = owner
    this.rows = scroller.querySelector("ol")
    this.leaving = new AbortController()
    this.shifted = 0 // how far the list was scrolled by us and not by the reader
    this.atRest = true

    const listen = (target, events, act) => events.split(" ").forEach(event => target.addEventListener(event, act, { signal: this.leaving.signal, passive: true }))
    listen(scroller, "pointerover pointermove focusin scroll", event => this.hold(event))
    listen(scroller, "pointerleave focusout", () => setTimeout(() => this.settle()))
    this.changes = new MutationObserver(() => this.keepPlace())
    this.changes.observe(this.rows, { childList: true })
    this.near = new IntersectionObserver(seen => seen.some(entry => entry.isIntersecting) && this.tell("MoreAsync"), { root: scroller, rootMargin: "600px" })
    this.ends = new MutationObserver(() => this.watchEnd())
    this.ends.observe(scroller, { childList: true })
    this.watchEnd()

    const wide = matchMedia("(min-width: 960px)")
    listen(wide, "change", () => this.tell("WideAsync", wide.matches))
    this.tell("WideAsync", wide.matches)
  }

  watchEnd() {
    const end = this.scroller.querySelector(".rows-more")
    if (end === this.end)
      return
    this.near.disconnect()
    this.end = end
    if (end)
      this.near.observe(end)
  }

  hold(event) {
    const row = event.target instanceof Element ? event.target.closest("li") : null
    if (row && event.type !== "scroll")
      this.held = row
    this.remember()
    this.report()
  }

  isInHand() {
    return this.scroller.matches(":hover") || this.scroller.querySelector(":focus-visible") !== null
  }

  remember() {
    if (this.held && !this.held.isConnected)
      this.held = null
    const row = this.isInHand() && this.held ? this.held : this.scroller.scrollTop > 0 ? this.firstVisible() : null
    this.place = row && { row, top: this.topOf(row) }
  }

  firstVisible() {
    return [...this.rows.children].find(row => this.topOf(row) + row.offsetHeight > 0)
  }

  topOf(row) {
    return row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top
  }

  // Runs after the rows changed and before they are painted.
  keepPlace() {
    if (this.place?.row.isConnected) {
      const moved = this.topOf(this.place.row) - this.place.top
      if (moved !== 0) {
        const last = this.scroller.lastElementChild
        const room = last.offsetTop + last.offsetHeight - this.scroller.clientHeight - this.scroller.scrollTop // below 0 where the rows don't fill the list
        if (moved > room)
          this.rows.style.paddingBottom = `${parseFloat(this.rows.style.paddingBottom || 0) + moved - room}px`
        this.scroller.scrollTop += moved
        this.shifted += moved
      }
    }
    this.remember()
    this.report()
  }

  settle() {
    if (this.isInHand())
      return
    this.held = null
    // What was scrolled only to keep the place goes back; where the reader had scrolled, they stay.
    if (this.shifted !== 0 && Math.abs(this.scroller.scrollTop - this.shifted) < 2)
      this.scroller.scrollTop = 0
    this.shifted = 0
    this.rows.style.paddingBottom = ""
    this.remember()
    this.report()
  }

  report() {
    const atRest = this.scroller.scrollTop < 2 && !this.isInHand()
    if (atRest !== this.atRest)
      this.tell("RestAsync", this.atRest = atRest)
  }

  tell(what, ...args) {
    // While disconnected nobody listens; the page says so by itself.
    this.owner.invokeMethodAsync(what, ...args).catch(() => {})
  }

  toTop() {
    this.shifted = 0
    this.scroller.scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  }

  stop() {
    this.leaving.abort()
    this.changes.disconnect()
    this.ends.disconnect()
    this.near.disconnect()
  }
}
