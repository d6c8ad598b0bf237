import { make, newId } from "./dom.js"
import { visible } from "./unseen.js"

/**
 * One of many by name, found by typing. Nothing is chosen by walking past it: only Enter or a click chooses.
 * @param attributes Of the text box, its label among them.
 * @param options `{ name, hint }`
 * @param choose Told the number of the option.
 */
export function combobox(attributes, options, words, choose) {
  const list = make("ul", {
    role: "listbox", id: newId(), class: "form-options", "aria-label": attributes["aria-label"], hidden: true,
  })
  const names = options.map(option => visible(option.name))
  const box = make("input", {
    ...attributes, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    oninput: () => open(box.value), onclick: () => list.hidden && open(""), onblur: close, onkeydown: keyDown,
  })
  const items = options.map((option, i) => make(
    "li",
    { role: "option", id: newId(), "aria-selected": "false", onmousedown: event => event.preventDefault(), onclick: () => commit(i) },
    make("bdi", {}, names[i]),
    option.hint ? make("span", { class: "hint" }, ` ${visible(option.hint)}`) : null))
  const none = make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "hint" }, words.noMatch)
  let selected = -1
  let active = -1

  function open(typed) {
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
    const found = items.filter(item => wanted.every(word => item.textContent.toLowerCase().includes(word)))
    list.replaceChildren(...(found.length > 0 ? found : [none]))
    list.hidden = false
    box.setAttribute("aria-expanded", "true")
    mark(wanted.length > 0 ? items.indexOf(found[0]) : selected)
  }

  function close() {
    list.hidden = true
    box.setAttribute("aria-expanded", "false")
    mark(-1)
    box.value = names[selected] ?? ""
  }

  function mark(i) {
    items[active]?.classList.remove("active")
    active = i
    if (i < 0)
      return box.removeAttribute("aria-activedescendant")
    items[i].classList.add("active")
    items[i].scrollIntoView({ block: "nearest" })
    box.setAttribute("aria-activedescendant", items[i].id)
  }

  function commit(i) {
    const changes = i !== selected
    selected = i
    close()
    if (changes)
      choose(i)
  }

  function keyDown(event) {
    const shown = [...list.children].map(item => items.indexOf(item)).filter(i => i >= 0)
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (list.hidden)
        return open("")
      const step = event.key === "ArrowDown" ? 1 : -1
      const here = shown.indexOf(active)
      if (shown.length > 0)
        mark(shown[here < 0 ? (step > 0 ? 0 : shown.length - 1) : (here + step + shown.length) % shown.length])
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault()
      if (active >= 0)
        commit(active)
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  }

  return {
    element: make("div", { class: "form-combobox" }, box, list),
    select(i) {
      selected = i
      items.forEach((item, at) => item.setAttribute("aria-selected", at === i))
      if (list.hidden)
        box.value = names[i] ?? ""
    },
  }
}
