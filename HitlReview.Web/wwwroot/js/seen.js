// What was never on the screen can't be approved: until the end of what is to be read was, a press reads on.

import { isLive, refuse } from "./card.js"

const seen = new WeakMap() // what of a card was on the screen to its end
const aside = new WeakMap() // what of a table was on the screen to its right edge
const overlap = 48 // px that stay in sight when a press reads on

/** What is shown now; an edit's difference is part of it. */
function shownBy(card) {
  return `${card.dataset.press ?? ""} ${card.querySelector("[data-editor] .diff, .compare-table")?.textContent ?? ""}`
}

/** From where on the bar, or the edge of the window, covers the card. */
function coveredFrom(card) {
  const bar = card.querySelector(".decide-buttons")
  const decide = bar?.closest(".decide")
  const top = Math.min(...[bar, decide].filter(one => one?.getClientRects().length).map(one => one.getBoundingClientRect().top))
  return Math.min(top, scrollerOf(card).getBoundingClientRect().bottom, innerHeight)
}

function scrollerOf(card) {
  for (let element = card.parentElement; element; element = element.parentElement)
    if (/auto|scroll/.test(getComputedStyle(element).overflowY) && element.scrollHeight > element.clientHeight)
      return element
  return document.scrollingElement
}

/** What is wider than its window, and was not on the screen to its right edge yet. */
function unseenAside(card) {
  return [...card.querySelectorAll(".compare-scroll")].find(part => {
    if (part.scrollLeft + part.clientWidth >= part.scrollWidth - 1)
      aside.set(part, part.textContent)
    return aside.get(part) !== part.textContent
  })
}

function isSeen(card) {
  const end = card.querySelector("read-end")
  if (!end || seen.get(card) === shownBy(card))
    return true
  const box = end.getBoundingClientRect()
  // Drawn ahead, and not shown.
  if (!end.checkVisibility() || box.bottom > coveredFrom(card) + 1 || unseenAside(card))
    return false
  seen.set(card, shownBy(card))
  return true
}

/** How much is still to come: the fields whose end was not on the screen. */
function below(card, from) {
  const parts = [...card.querySelectorAll(".card-payload .member:not(.member-deep), .card-payload .items > li, .compare-table tbody tr")]
  let count = 0
  while (count < parts.length && parts[parts.length - 1 - count].getBoundingClientRect().bottom > from)
    count++
  return count
}

function readOn(card) {
  const end = card.querySelector("read-end")
  const wide = unseenAside(card)
  if (wide && end.getBoundingClientRect().bottom <= coveredFrom(card) + 1)
    wide.scrollBy({ left: wide.clientWidth - overlap, behavior: "instant" })
  else
    readDown(card)
  end.tell()
}

function readDown(card) {
  const scroller = scrollerOf(card)
  const top = Math.max(0, scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top)
  scroller.scrollBy({ top: Math.max(overlap, coveredFrom(card) - top - overlap), behavior: "instant" })
}

addEventListener("click", event => {
  const button = event.target.closest?.('[data-act="approve"], [data-act="reject"]')
  const card = button?.closest("[data-press], [data-panel]")
  if (!card || button.disabled)
    return
  const isHeldBack = button.dataset.act === "approve" && card.dataset.skips === undefined && !isSeen(card)
  if (!isHeldBack && isLive())
    return
  // Nobody hears of it: not what it would do, and not the page that would go on from it.
  event.preventDefault()
  event.stopImmediatePropagation()
  refuse(button)
  if (isHeldBack)
    readOn(card)
}, { capture: true })

// Stands at the end of what is to be read, and says in the bar how much there still is.
customElements.define("read-end", class extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController()
    const { signal } = this.leaving
    addEventListener("scroll", () => this.tellSoon(), { capture: true, passive: true, signal })
    addEventListener("resize", () => this.tellSoon(), { passive: true, signal })
    this.sizes = new ResizeObserver(() => this.tellSoon())
    this.sizes.observe(this.parentElement)
    this.tellSoon()
  }

  disconnectedCallback() {
    this.leaving.abort()
    this.sizes.disconnect()
  }

  tellSoon() {
    this.soon ??= requestAnimationFrame(() => {
      this.soon = null
      if (this.isConnected)
        this.tell()
    })
  }

  tell() {
    const card = this.closest("[data-press], [data-panel]")
    const place = card?.querySelector("[data-below]")
    if (!place || !this.checkVisibility())
      return
    place.hidden = isSeen(card)
    if (place.hidden)
      return
    const count = below(card, coveredFrom(card))
    const words = count === 1 ? this.dataset.one : count > 0 ? this.dataset.many
      : unseenAside(card) ? this.dataset.aside : this.dataset.more
    place.textContent = words.replace("{0}", count)
  }
})
