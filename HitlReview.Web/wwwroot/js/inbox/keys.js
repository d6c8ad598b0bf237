import { actOf, flash, press, titleOf } from "../card.js"
import { fields } from "../focus.js"
import { wide } from "./page.js"

const ofPanel = new Set(["a", "r", "m", "u", "Escape", "Ctrl+Enter", "Ctrl+Shift+Enter"])

/** What a key does in the inbox; which of them are keys and not typing, js/keys.js has judged. */
export class Keys {
  constructor(page, bridge, current, selection) {
    this.page = page
    this.bridge = bridge
    this.current = current
    this.selection = selection
    page.listen(document, "hitl-key", event => this.key(event), { passive: false })
  }

  key(event) {
    const { key } = event.detail
    const act = this.actions[key]
    // Who presses keys that mean nothing types, and not where they think.
    if (!act && key.length === 1 && key !== " ")
      this.current.guard()
    // A key belongs to what is on top: what the comparison hides neither moves nor changes.
    if (act && (!this.current.panel || ofPanel.has(key)) && act() !== false)
      event.preventDefault()
  }

  actions = {
    j: () => this.current.move(1),
    k: () => this.current.move(-1),
    ArrowDown: () => this.arrow(1),
    ArrowUp: () => this.arrow(-1),
    Enter: () => this.enter(),
    a: () => this.decide("approve"),
    r: () => this.decide("reject"),
    R: () => this.unfold("[data-reasons]"),
    s: () => this.unfold("[data-aside]"),
    ...Object.fromEntries([..."123456789"].map(digit => [digit, () => this.reject(Number(digit))])),
    e: () => this.edit(),
    o: () => this.press("unfold"),
    m: () => actOf(this.current.panel ?? this.current.card, "message")?.focus(),
    x: () => this.selection.toggle(this.current.id),
    X: () => this.selection.extend(this.current.id),
    "*": () => this.selectAll(),
    u: () => this.undo(),
    "/": () => this.page.find("[data-search]")?.focus(),
    Escape: () => this.escape(),
    // Out of the editor; what was typed in it stays.
    Leave: () => actOf(this.current.card, "leave")?.click(),
    "Ctrl+Enter": () => this.send("approve"),
    "Ctrl+Shift+Enter": () => this.send("reject"),
  }

  arrow(by) {
    const focused = document.activeElement
    if (focused?.closest("[data-row]"))
      return this.current.step(by)
    const isInList = focused === document.body || this.page.find(".inbox-side").contains(focused) || focused?.matches("[data-title]")
    return isInList && this.current.move(by)
  }

  decide(name) {
    this.press(name, this.current.isGuarded() || this.isSelecting())
  }

  /** What is typed is about its own card, also while others are selected: then neither is decided. */
  send(name) {
    const several = this.current.panel ? null : actOf(this.page.find("[data-several]"), name)
    if (several)
      flash(several)
    else
      this.decide(name)
  }

  /** A key is about the comparison, if there is one; else about what is selected, where that has a button for it, or the card. */
  press(name, isHeldBack = false) {
    const { panel, card } = this.current
    const button = panel ? actOf(panel, name) : actOf(this.page.find("[data-several]"), name) ?? actOf(card, name)
    if (button)
      press(button, isHeldBack)
  }

  /** Something is ticked, and what is done with it is still on its way. */
  isSelecting() {
    return (this.selection.isAwaited || this.page.find("[data-select]:checked") !== null) && this.page.find("[data-several]") === null
  }

  /** The reasons to reject with, of which a digit chooses one; or for how long to put aside. */
  unfold(which) {
    const choices = this.current.card?.querySelector(which)
    if (!choices || this.isAboutSeveral())
      return false
    for (const other of this.current.card.querySelectorAll("[data-reasons], [data-aside]"))
      other.open = other === choices && !choices.open
    if (choices.open)
      choices.querySelector("button").focus({ preventScroll: true })
  }

  reject(number) {
    const reason = this.current.card?.querySelectorAll("[data-reasons][open] [data-reason]")[number - 1]
    if (!reason || this.isAboutSeveral()) {
      this.current.guard()
      return false
    }
    press(reason, this.current.isGuarded())
  }

  /** Into the editor, also where it is open already. */
  edit() {
    const open = this.current.card?.querySelector("[data-editor]:not([hidden])")
    const field = [...open?.querySelectorAll(fields) ?? []].find(one => one.checkVisibility())
    field ? field.focus() : this.press("edit")
  }

  /** All that was found, or the group of the current review. */
  selectAll() {
    let before = this.page.rowOf(this.current.id)
    while (before && !before.matches(".row-heading"))
      before = before.previousElementSibling
    const button = this.page.find(".filters [data-selects-all]") ?? before?.querySelector("[data-selects-all]")
    if (!button)
      return false
    press(button)
  }

  /** Something is selected: a key that decides is about that, and not about the card beside it. */
  isAboutSeveral() {
    return this.isSelecting() || this.page.find("[data-several]") !== null
  }

  undo() {
    const button = this.page.find('[data-act="undo"]')
    if (button)
      press(button)
  }

  enter() {
    if (document.activeElement?.closest?.("[data-row], a, button, input, select, summary"))
      return false
    titleOf(this.current.card)?.focus()
  }

  escape() {
    if (this.current.panel)
      return void this.bridge.endCompare()
    if (!this.selection.isEmpty)
      return void this.bridge.selectNone()
    const choices = this.current.card?.querySelector(":is([data-reasons], [data-aside])[open]")
    if (choices) {
      choices.open = false
      return void titleOf(this.current.card)?.focus()
    }
    const back = this.page.find(".inbox-back")
    if (!wide.matches && back)
      return void this.bridge.go(back.getAttribute("href"))
    const search = this.page.find("[data-search]")
    if (!search?.value)
      return false
    search.value = ""
    search.dispatchEvent(new Event("input", { bubbles: true }))
  }
}
