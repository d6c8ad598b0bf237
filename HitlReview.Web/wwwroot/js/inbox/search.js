// Completes what is typed into the search: the operators, and what can follow them (ReviewSearch.cs). The server gives both with the
// element; what is typed stays the browser's own.

const most = 8

customElements.define("search-help", class extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController()
    this.box = this.parentElement.querySelector("[data-search]")
    this.list = document.createElement("ul")
    Object.assign(this.list, { id: "search-options", hidden: true })
    this.list.setAttribute("role", "listbox")
    this.list.setAttribute("aria-label", this.dataset.label)
    this.append(this.list)
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false",
    }))
      this.box.setAttribute(name, value)
    const { signal } = this.leaving
    this.box.addEventListener("input", () => this.offer(), { signal })
    this.box.addEventListener("blur", () => this.close(), { signal })
    this.box.addEventListener("keydown", event => this.key(event), { signal })
  }

  disconnectedCallback() {
    this.leaving.abort()
  }

  get operators() {
    return JSON.parse(this.dataset.operators)
  }

  /** What is being typed: the word, or the operator with as much of its value as there is, before the caret. */
  get typed() {
    return this.box.value.slice(0, this.box.selectionStart).match(/(?:[a-z]+:"[^"]*|\S*)$/)[0]
  }

  completions(typed) {
    const { operators } = this
    const [, name, value] = typed.match(/^([a-z]+):"?(.*)$/) ?? []
    if (name && operators[name])
      return operators[name].filter(one => one.toLowerCase().includes(value.toLowerCase()) && one !== value)
        .map(one => `${name}:${/\s/.test(one) ? `"${one.replaceAll("\"", "")}"` : one} `)
    return typed.length === 0 ? [] : Object.keys(operators).filter(one => one.startsWith(typed)).map(one => `${one}:`)
  }

  offer(texts = this.completions(this.typed)) {
    const offered = texts.slice(0, most)
    this.list.replaceChildren(...offered.map((text, i) => {
      const item = document.createElement("li")
      Object.assign(item, { id: `search-option-${i}`, className: "foreign", textContent: text.trim() })
      item.setAttribute("role", "option")
      item.setAttribute("aria-selected", "false")
      item.addEventListener("mousedown", event => event.preventDefault())
      item.addEventListener("click", () => this.take(text))
      return item
    }))
    this.texts = offered
    this.at = -1
    this.list.hidden = offered.length === 0
    this.box.setAttribute("aria-expanded", String(!this.list.hidden))
    this.box.removeAttribute("aria-activedescendant")
  }

  close() {
    this.list.hidden = true
    this.box.setAttribute("aria-expanded", "false")
    this.box.removeAttribute("aria-activedescendant")
  }

  mark(at) {
    const items = [...this.list.children]
    this.at = (at + items.length) % items.length
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === this.at)))
    this.box.setAttribute("aria-activedescendant", items[this.at].id)
  }

  take(text) {
    const end = this.box.selectionStart
    const start = end - this.typed.length
    this.box.setRangeText(text, start, end, "end")
    this.box.dispatchEvent(new Event("input", { bubbles: true }))
  }

  key(event) {
    if (this.list.hidden) {
      // An empty field shows what could be asked.
      if (event.key === "ArrowDown" && this.typed.length === 0)
        this.answer(event, () => {
          this.offer(Object.keys(this.operators).map(one => `${one}:`))
          this.mark(0)
        })
      return
    }
    if (event.key === "ArrowDown")
      this.answer(event, () => this.mark(this.at + 1))
    else if (event.key === "ArrowUp")
      this.answer(event, () => this.mark(this.at < 0 ? -1 : this.at - 1))
    else if (event.key === "Enter" && this.at >= 0 || event.key === "Tab" && !event.shiftKey && this.at >= 0)
      this.answer(event, () => this.take(this.texts[this.at]))
    else if (event.key === "Escape")
      this.answer(event, () => this.close())
  }

  answer(event, act) {
    event.preventDefault()
    event.stopPropagation()
    act()
  }
})
