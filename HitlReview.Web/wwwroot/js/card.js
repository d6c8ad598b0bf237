// The card of a review: its buttons, as keys press them, and what of it is only in this browser.

/** A button or field of a card, by what it is for. */
export function actOf(card, name) {
  return card?.querySelector(`[data-act="${name}"]`)
}

export function titleOf(card) {
  return card?.querySelector("[data-title]")
}

/** Presses a button, or says that it can't be pressed now. */
export function press(button, isHeldBack = false) {
  if (button.disabled || isHeldBack || !isLive())
    refuse(button)
  else
    button.click()
}

/**
 * Says that a press does nothing. Where nobody hears of it, that it counts for nothing is said in words, also to whom the connection comes
 * back to in a moment.
 */
export function refuse(button) {
  flash(button)
  if (!isLive())
    document.querySelector("connection-notice")?.tell("unheard")
}

/** A key that does nothing says so. */
export function flash(button) {
  button.setAttribute("data-refused", "")
  setTimeout(() => button.removeAttribute("data-refused"), 400)
}

/** Without a connection nothing is decided, and nobody goes on as if it were. */
export function isLive() {
  return document.documentElement.dataset.connection === "live"
}

/** Calls whenever the connection comes or goes, until it is disconnected. */
export function watchConnection(act) {
  const watch = new MutationObserver(act)
  watch.observe(document.documentElement, { attributeFilter: ["data-connection"] })
  return watch
}

/** What was typed about a review while no server listened is only in this browser: the editor knows what to do with it. */
export function resume(card) {
  try {
    if (localStorage.getItem(card.dataset.draftKey) !== null)
      actOf(card, "edit")?.click()
  } catch {
    // Forbidden: then there is nothing.
  }
}

// A warning leads to the place that it is about, or to the payload where that is folded.
document.addEventListener("click", event => {
  const place = event.target.closest?.("[data-lead]")
  const card = place?.closest("[data-card]")
  if (!card)
    return
  const to = [...card.querySelectorAll("[data-path]")].find(one => one.dataset.path === place.dataset.lead)
    ?? card.querySelector(".payload-panel")
  to.tabIndex = -1
  to.scrollIntoView({ block: "center" })
  to.focus({ preventScroll: true })
  flash(to)
})

// A reason goes with the press that rejects, behind what is typed: an undo brings back what was typed, and no more.
document.addEventListener("click", event => {
  const { reason } = event.target.closest?.("[data-reason]")?.dataset ?? {}
  const reject = reason && actOf(event.target.closest("[data-card]"), "reject")
  if (reject)
    pressWith(reject, reason)
})

/** Presses a button that something is said with. */
export function pressWith(button, words) {
  button.dataset.says = words
  press(button)
  delete button.dataset.says
}
