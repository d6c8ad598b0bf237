import { actOf, press, titleOf } from "../card.js"
import { wide } from "./page.js"

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
    if (act && act() !== false)
      event.preventDefault()
  }

  actions = {
    j: () => this.current.move(1),
    k: () => this.current.move(-1),
    ArrowDown: () => this.isInList() && this.current.move(1),
    ArrowUp: () => this.isInList() && this.current.move(-1),
    Enter: () => this.enter(),
    a: () => this.decide("approve"),
    r: () => this.decide("reject"),
    e: () => this.press("edit"),
    o: () => this.press("unfold"),
    m: () => actOf(this.current.panel ?? this.current.card, "message")?.focus(),
    x: () => this.selection.toggle(this.current.id),
    X: () => this.selection.extend(this.current.id),
    u: () => this.undo(),
    "/": () => this.page.find("[data-search]")?.focus(),
    Escape: () => this.escape(),
    // Out of the editor; what was typed in it stays.
    Leave: () => actOf(this.current.card, "leave")?.click(),
    "Ctrl+Enter": () => this.decide("approve"),
  }

  isInList() {
    const focused = document.activeElement
    return focused === document.body || this.page.find(".inbox-side").contains(focused) || focused?.matches("[data-title]") === true
  }

  decide(name) {
    this.press(name, this.current.isGuarded() || this.isSelecting())
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
    return this.page.find("[data-select]:checked") !== null && this.page.find("[data-several]") === null
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
    const back = this.page.find(".inbox-back")
    if (!wide.matches && back)
      return void this.bridge.go(back.getAttribute("href"))
    return false
  }
}
