// How the pages look in this browser: light, dark or as the system says; how close the rows stand; in which time zone times are told. Each
// choice is a cookie, so that the server writes it into the page before the first pixel (App.razor). The words come with the elements.

const root = document.documentElement

class Choice extends HTMLElement {
  constructor(name, values) {
    super()
    Object.assign(this, { name, values })
  }

  connectedCallback() {
    const group = document.createElement("fieldset")
    const legend = document.createElement("legend")
    legend.textContent = this.dataset.title
    legend.className = this.dataset.titleClass ?? ""
    group.append(legend)
    for (const value of this.values) {
      const input = document.createElement("input")
      Object.assign(input, { type: "radio", name: this.name, value, checked: root.dataset[this.name] === value })
      input.addEventListener("change", () => choose(this.name, value))
      const label = document.createElement("label")
      label.append(input, this.dataset[value])
      group.append(label)
    }
    this.replaceChildren(group)
  }
}

customElements.define("theme-choice", class extends Choice {
  constructor() {
    super("theme", ["system", "light", "dark"])
  }
})

customElements.define("density-choice", class extends Choice {
  constructor() {
    super("density", ["roomy", "compact"])
  }
})

customElements.define("zone-choice", class extends HTMLElement {
  connectedCallback() {
    const select = document.createElement("select")
    select.setAttribute("aria-label", this.dataset.title)
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone
    const zones = ["UTC", ...Intl.supportedValuesOf("timeZone").filter(zone => zone !== "UTC")]
    select.append(new Option(this.dataset.own.replace("{0}", own), ""), ...zones.map(zone => new Option(zone, zone)))
    const chosen = root.dataset.zone ?? ""
    if (chosen && !zones.includes(chosen))
      select.append(new Option(chosen, chosen))
    select.value = chosen
    select.addEventListener("change", () => choose("zone", select.value))
    this.replaceChildren(select)
  }
})

function choose(name, value) {
  root.dataset[name] = value
  document.cookie = `hitl-${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`
  document.dispatchEvent(new CustomEvent("hitl-appearance"))
}
