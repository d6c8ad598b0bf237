import { make, newId } from "./dom.js"

/**
 * Tabs over the views of one value.
 * @param views `{ id, name, element }`
 * @param shown Told the id of the view that a person has turned to.
 */
export class Views {
  constructor(host, label, views, shown) {
    this.shown = shown
    this.tabs = views.map(view => {
      const [tab, panel] = [newId(), newId()]
      return {
        id: view.id,
        button: make(
          "button",
          {
            type: "button", role: "tab", id: tab, "aria-controls": panel, "data-testid": `editor-${view.id}`,
            onclick: () => this.show(view.id), onkeydown: event => this.keyDown(event),
          },
          view.name),
        panel: make("div", { role: "tabpanel", id: panel, "aria-labelledby": tab, class: "editor-view", hidden: true }, view.element),
      }
    })
    host.append(
      make("div", { role: "tablist", "aria-label": label, class: "tabs editor-tabs" }, ...this.tabs.map(tab => tab.button)),
      ...this.tabs.map(tab => tab.panel))
  }

  show(id) {
    this.current = id
    for (const { id: its, button, panel } of this.tabs) {
      button.setAttribute("aria-selected", its === id)
      button.tabIndex = its === id ? 0 : -1
      panel.hidden = its !== id
    }
    this.shown(id)
  }

  keyDown(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight")
      return
    event.preventDefault()
    const other = this.tabs.find(tab => tab.id !== this.current)
    this.show(other.id)
    other.button.focus()
  }
}
