import { wide } from "./page.js"

/** What a press of the pointer does beside what the element that is pressed does by itself. */
export class Pointer {
  constructor(page, current, list, selection) {
    this.page = page
    this.current = current
    this.list = list
    this.selection = selection
    page.listen(page.root, "click", event => this.click(event), { passive: false })
    page.listen(document, "pointerdown keydown", event => this.closeFilters(event), { passive: false })
  }

  click(event) {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return
    const link = event.target.closest("[data-go]")
    if (link && wide.matches) {
      event.preventDefault()
      this.current.goTo(link.closest("[data-row]").dataset.nodeExecId)
      return
    }
    const button = event.target.closest('[data-act="approve"], [data-act="reject"]')
    // One that nobody hears of doesn't come this far (seen.js).
    if (button && !button.disabled)
      this.current.decide(button)
    const aside = event.target.closest("[data-aside] button")
    if (aside && !aside.disabled)
      this.current.putAside(aside)
    if (event.target.closest("[data-selects-all]"))
      this.selection.await()
    if (event.target.closest("[data-to-top]"))
      this.list.glideToTop()
  }

  closeFilters(event) {
    const panel = this.page.find("details[open]:has([data-panel-of-filters])")
    if (!panel || (event.type === "keydown" ? event.key !== "Escape" : panel.contains(event.target)))
      return
    panel.open = false
    if (event.type === "keydown") {
      event.preventDefault()
      panel.querySelector("summary").focus()
    }
  }
}
