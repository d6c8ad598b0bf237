// How the inbox moves under keys, pointer and wheel. Which review is current is decided here, so that going on to the next waits for no
// server; the cards around it are drawn ahead, and the server is told. The list keeps still under the hand: the row that the reader is at
// holds its place whatever comes in above it, and the server is told when the list may move again.

const wide = matchMedia("(min-width: 960px)")
const guard = 500 // ms in which no key decides about a review that has come into view by itself

/** From now on `owner` is told what the reader does, and what they have done already; see InboxPage.razor.cs. */
export function own(root, owner, options) {
  root.inbox.configure(options)
  root.inbox.hasOwner(owner)
  return root.inbox
}

class Inbox {
  constructor(root) {
    this.root = root
    this.owner = new Promise(resolve => this.hasOwner = resolve)
    this.leaving = new AbortController()
    this.current = null
    this.shifted = 0 // how far the list was scrolled by us and not by the reader
    this.atRest = true
    this.places = [] // of the row that the reader is at, and of those below it
    this.panel = null
    this.decided = new Set() // those that a press here was about
    this.isDone = false // all was decided, and nothing was left to go on to

    this.listen(root, "click", event => this.click(event), false)
    this.listen(document, "hitl-key", event => this.key(event), false)
    this.listen(root, "pointerover pointermove focusin", event => this.hold(event))
    this.listen(root, "pointerout focusout", () => setTimeout(() => this.settle()))
    this.listen(root, "scroll", event => event.target === this.scroller && this.scrolled(), true, true)
    this.listen(wide, "change", () => this.widened())
    this.listen(window, "resize", () => this.scrolled())
    this.listen(document, "pointerdown keydown", event => this.closeFilters(event), false)
    this.changes = new MutationObserver(() => this.changed())
    this.changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] })
    this.widened()
    this.changed()
    this.scrolled()
  }

  configure(options) {
    this.sounds = options.sounds
    this.notifies = options.notifies
  }

  close() {
    this.leaving.abort()
    this.changes.disconnect()
    clearTimeout(this.resting)
    clearTimeout(this.guarding)
  }

  listen(target, events, act, passive = true, capture = false) {
    events.split(" ").forEach(event => target.addEventListener(event, act, { signal: this.leaving.signal, passive, capture }))
  }

  tell(what, ...args) {
    // While disconnected nobody listens; the page says so by itself.
    return this.owner.then(owner => owner.invokeMethodAsync(what, ...args)).catch(() => {})
  }

  get scroller() {
    return this.root.querySelector("[data-list]")
  }

  get rows() {
    return [...this.root.querySelectorAll("[data-row]")]
  }

  rowOf(id) {
    return this.rows.find(row => row.dataset.nodeExecId === id)
  }

  slotOf(id) {
    return [...this.root.querySelectorAll("[data-slot]")].find(slot => slot.dataset.slot === id)
  }

  get card() {
    return this.slotOf(this.current)?.querySelector("[data-card]")
  }

  act(name) {
    return this.card?.querySelector(`[data-act="${name}"]`)
  }

  // ---- the current review

  /** Makes a review current because the server says so: nothing is decided about it within half a second. */
  show(id, takesFocus) {
    this.decided.delete(id)
    this.goTo(id, { takesFocus, byItself: true, tells: false })
  }

  /** Where nothing is current yet, the first card that is drawn is. */
  begin() {
    const first = this.current === null && this.root.querySelector("[data-slot]")
    if (first && (wide.matches || this.root.matches(".inbox-reading")))
      this.show(first.dataset.slot, false)
  }

  /** A list that is first seen further down is there before it is seen at all, and the server learns how much of it is seen. */
  startAt() {
    if (this.started || !this.scroller?.clientHeight)
      return
    this.started = true
    this.scroller.scrollTop = this.scroller.dataset.startsAt ?? 0
    this.scrolled()
  }

  /** Brings a review of the list into sight, which is so far down; one that is in sight stays where it is. */
  seek(id, top) {
    const row = this.rowOf(id)
    if (!row || this.topOf(row) < 0 || this.topOf(row) + row.offsetHeight > this.scroller.clientHeight)
      this.scroller.scrollTo(0, top)
    else
      this.scrolled()
  }

  /** The review that the reader is at goes into the address, unless they have gone elsewhere meanwhile, which only the browser knows. */
  async rest(id) {
    const [from, to] = await this.tell("Rested", id) ?? []
    if (to && location.href === from)
      Blazor.navigateTo(to, { replaceHistoryEntry: true })
  }

  /** Goes on from a review whose decision had to be looked at first. */
  advance(id) {
    if (this.current === id)
      this.goOn(id)
  }

  goTo(id, { takesFocus = true, byItself = false, tells = true } = {}) {
    this.current = id
    this.wantsFocus = takesFocus
    this.isDone = false
    if (byItself)
      this.guard()
    else
      this.root.removeAttribute("data-guarded")
    this.mark()
    this.rowOf(id)?.scrollIntoView({ block: "nearest" })
    if (tells)
      this.tell("Moved", id)
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.rest(id), 400)
  }

  /** What has come into view by itself wants to be seen first. */
  guard() {
    this.root.setAttribute("data-guarded", "")
    clearTimeout(this.guarding)
    this.guarding = setTimeout(() => this.root.removeAttribute("data-guarded"), guard)
  }

  isGuarded() {
    return this.root.hasAttribute("data-guarded")
  }

  /** To the review behind or before the current one, whatever became of it. */
  move(by) {
    const rows = this.rows
    const here = rows.findIndex(row => row.dataset.nodeExecId === this.current)
    const next = here < 0 ? rows.find(row => this.topOf(row) >= 0) : rows[here + by]
    if (next)
      this.visit(next)
  }

  /** After a decision: to the next that can still be decided, behind it or else before it. */
  goOn(from) {
    const rows = this.rows
    const here = rows.findIndex(row => row.dataset.nodeExecId === from)
    const open = row => row.dataset.decidable !== undefined && row.dataset.nodeExecId !== from && !this.decided.has(row.dataset.nodeExecId)
    const next = rows.slice(here + 1).find(open) ?? rows.slice(0, Math.max(0, here)).reverse().find(open)
    if (!next && !this.isDone) {
      // There is no place left to keep: what is over may leave the list.
      this.scroller?.scrollTo(0, 0)
      this.remember()
    }
    this.isDone = !next
    if (next)
      this.visit(next, true)
  }

  visit(row, byItself = false) {
    if (wide.matches)
      this.goTo(row.dataset.nodeExecId, { byItself })
    else
      this.tell("Go", row.querySelector("[data-go]").getAttribute("href"))
  }

  /** Draws which row and card are current, also after the server has drawn them anew. */
  mark() {
    for (const row of this.rows) {
      const isCurrent = row.dataset.nodeExecId === this.current
      row.toggleAttribute("data-current", isCurrent)
      const link = row.querySelector("[data-go]")
      isCurrent ? link?.setAttribute("aria-current", "true") : link?.removeAttribute("aria-current")
    }
    let there = false
    for (const slot of this.root.querySelectorAll("[data-slot]")) {
      const isCurrent = slot.dataset.slot === this.current
      there ||= isCurrent
      slot.toggleAttribute("data-shown", isCurrent)
    }
    this.root.toggleAttribute("data-pending", this.current !== null && !there)
    const title = this.wantsFocus && this.card?.querySelector("[data-title]")
    if (title) {
      this.wantsFocus = false
      title.focus({ preventScroll: true })
      title.closest(".inbox-detail").scrollTop = 0
    }
  }

  // ---- pointer

  click(event) {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return
    const link = event.target.closest("[data-go]")
    if (link && wide.matches) {
      event.preventDefault()
      this.goTo(link.closest("[data-row]").dataset.nodeExecId)
      return
    }
    const button = event.target.closest('[data-act="approve"], [data-act="reject"]')
    if (button && !button.disabled) {
      if (!isLive())
        this.flash(button)
      this.decide(button)
    }
    if (event.target.closest("[data-to-top]")) {
      this.shifted = 0
      this.scroller.scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
    }
  }

  // The server judges the press; where nothing of it has to be looked at first, the next review is there at once.
  decide(button) {
    const card = button.closest("[data-card]")
    const id = card?.closest("[data-slot]")?.dataset.slot
    if (id === undefined || card.dataset.confirm !== undefined || !isLive())
      return
    this.decided.add(id)
    setTimeout(() => this.current === id && this.goOn(id))
  }

  closeFilters(event) {
    const panel = this.root.querySelector("details[open]:has([data-panel-of-filters])")
    if (!panel || (event.type === "keydown" ? event.key !== "Escape" : panel.contains(event.target)))
      return
    panel.open = false
    if (event.type === "keydown") {
      event.preventDefault()
      panel.querySelector("summary").focus()
    }
  }

  // ---- keys; which of them are keys and not typing, js/keys.js has judged

  key(event) {
    const act = this.actions[event.detail.key]
    if (act && act.call(this) !== false)
      event.preventDefault()
  }

  actions = {
    j() { this.move(1) },
    k() { this.move(-1) },
    ArrowDown() { return this.isInList() ? this.move(1) : false },
    ArrowUp() { return this.isInList() ? this.move(-1) : false },
    Enter() { return this.enter() },
    a() { this.press("approve") },
    r() { this.press("reject") },
    e() { this.press("edit") },
    o() { this.press("unfold") },
    m() { this.act("message")?.focus() },
    x() { this.select(null) },
    X() { this.select(this.selectedFrom) },
    u() { this.root.querySelector('[data-act="undo"]')?.click() },
    "/"() { this.root.querySelector("[data-search]")?.focus() },
    Escape() { return this.escape() },
    // Out of the editor; what was typed in it stays.
    Leave() { this.act("leave")?.click() },
    "Ctrl+Enter"() { this.press("approve") },
  }

  isInList() {
    return document.activeElement === document.body || this.root.querySelector(".inbox-side").contains(document.activeElement) || document.activeElement?.matches("[data-title]")
  }

  press(name) {
    const button = this.root.querySelector(`[data-several] [data-act="${name}"]`) ?? this.act(name)
    if (!button)
      return
    if (button.disabled || !isLive() || ((name === "approve" || name === "reject") && this.isGuarded()))
      this.flash(button)
    else
      button.click()
  }

  /** A key that does nothing says so. */
  flash(button) {
    button.setAttribute("data-refused", "")
    setTimeout(() => button.removeAttribute("data-refused"), 400)
  }

  enter() {
    const row = document.activeElement?.closest?.("[data-row]")
    if (row || document.activeElement?.closest?.("a, button, input, select, summary"))
      return false
    this.card?.querySelector("[data-title]")?.focus()
  }

  select(from) {
    const box = this.rowOf(this.current)?.querySelector("[data-select]")
    if (!box || box.disabled)
      return
    const on = from ? true : !box.checked
    box.checked = on
    this.tell("SelectAsync", this.current, on, from ?? null)
    this.selectedFrom = this.current
  }

  untick(id) {
    const box = this.rowOf(id)?.querySelector("[data-select]")
    if (box)
      box.checked = false
  }

  escape() {
    if (this.panel)
      return void this.tell("CompareEnd")
    if (this.root.dataset.selecting !== undefined)
      return void this.tell("SelectedNone")
    const back = this.root.querySelector(".inbox-back")
    if (!wide.matches && back)
      return void this.tell("Go", back.getAttribute("href"))
    return false
  }

  // ---- the list keeps still

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
    const row = this.isInHand() && this.held ? this.held : this.scroller.scrollTop > 0 ? this.rows.find(r => this.topOf(r) + r.offsetHeight > 0) : null
    const rows = this.rows
    this.places = row ? rows.slice(rows.indexOf(row)).map(row => ({ row, top: this.topOf(row) })) : []
  }

  // What ends before the server has heard of the hand leaves the list at once. The first of the rows from there on that is left stays where
  // it is, if need be with room above it that nothing takes up.
  keep(place) {
    const before = this.scroller.scrollTop
    this.scroller.scrollTop += this.topOf(place.row) - place.top
    this.shifted += this.scroller.scrollTop - before
    const lacking = place.top - this.topOf(place.row)
    if (lacking > 1 && this.isInHand())
      this.scroller.style.paddingTop = `${this.room + lacking}px`
    if (this.held && !this.held.isConnected)
      this.held = place.row
  }

  get room() {
    return Number.parseFloat(this.scroller.style.paddingTop) || 0
  }

  topOf(row) {
    return row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top
  }

  // Runs after the server has drawn something and before it is painted.
  changed() {
    this.begin()
    this.startAt()
    this.mark()
    const place = this.places.find(({ row }) => row.isConnected)
    if (this.scroller && place)
      this.keep(place)
    this.remember()
    this.report()
    // All was done, and now something new waits.
    if (this.isDone && !this.panel)
      this.goOn(this.current)
    this.resume()
    const panel = this.root.querySelector("[data-panel]")
    if (panel !== this.panel) {
      this.panel = panel
      this.guard()
      const title = panel ? panel.querySelector("[data-title]") : this.card?.querySelector("[data-title]")
      title?.focus({ preventScroll: true })
    }
  }

  /** What was typed about a review while no server listened is only in this browser: the editor knows what to do with it. */
  resume() {
    if (this.resumed === this.current || !this.card)
      return
    this.resumed = this.current
    try {
      if (localStorage.getItem(this.card.dataset.draftKey) !== null)
        this.act("edit")?.click()
    } catch {
      // Forbidden: then there is nothing.
    }
  }

  settle() {
    if (!this.scroller || this.isInHand())
      return
    this.held = null
    const room = this.room
    this.scroller.style.paddingTop = ""
    this.scroller.scrollTop -= room
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
      this.tell("AtRestAsync", this.atRest = atRest)
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
      await this.tell("ScrolledAsync", Math.round(this.scroller.scrollTop), this.scroller.clientHeight)
    }
    this.telling = false
  }

  widened() {
    this.tell("WideAsync", wide.matches)
  }

  // ---- something new

  announce(count, words) {
    if (this.sounds)
      chime()
    if (this.notifies && document.visibilityState === "hidden" && globalThis.Notification?.permission === "granted")
      new Notification(count, { body: words, tag: "hitlreview" })
  }
}

// Without a connection nothing is decided, and nobody goes on as if it were.
function isLive() {
  return document.documentElement.dataset.connection === "live"
}

function chime() {
  const audio = new AudioContext()
  const [tone, volume] = [audio.createOscillator(), audio.createGain()]
  tone.frequency.value = 660
  volume.gain.setValueAtTime(0.08, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4)
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 0.4)
  tone.onended = () => audio.close()
}

// The element works from the moment it is there; whom it tells of it comes a little later.
customElements.define("review-inbox", class extends HTMLElement {
  connectedCallback() {
    this.inbox = new Inbox(this)
  }

  disconnectedCallback() {
    this.inbox.close()
  }
})
