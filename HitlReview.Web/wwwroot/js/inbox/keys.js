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
    const act = this.actions[event.detail.key]
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
    m: () => actOf(this.current.card, "message")?.focus(),
    x: () => this.selection.toggle(this.current.id),
    X: () => this.selection.extend(this.current.id),
    u: () => this.page.find('[data-act="undo"]')?.click(),
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
    this.press(name, this.current.isGuarded())
  }

  press(name, isHeldBack = false) {
    const button = this.page.find(`[data-several] [data-act="${name}"]`) ?? actOf(this.current.card, name)
    if (button)
      press(button, isHeldBack)
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
