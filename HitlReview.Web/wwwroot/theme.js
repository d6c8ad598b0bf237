// Light, dark or as the system says. The choice is a cookie, so that the server writes it into the page before the first pixel.
// The words come with the element: see AccountMenu.razor.
const choices = ["system", "light", "dark"]

customElements.define("theme-choice", class extends HTMLElement {
  connectedCallback() {
    const group = document.createElement("fieldset")
    const legend = document.createElement("legend")
    legend.textContent = this.dataset.title
    group.append(legend)
    for (const value of choices) {
      const input = document.createElement("input")
      Object.assign(input, { type: "radio", name: "theme", value, checked: document.documentElement.dataset.theme === value })
      input.addEventListener("change", () => choose(value))
      const label = document.createElement("label")
      label.append(input, this.dataset[value])
      group.append(label)
    }
    this.replaceChildren(group)
  }
})

function choose(theme) {
  document.documentElement.dataset.theme = theme
  document.cookie = `hitl-theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`
}
