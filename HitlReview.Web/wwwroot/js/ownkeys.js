// Letters of a reader's own for what single keys do, kept in this browser, as they go with its keyboard. Pages know the keys that everybody
// begins with; this stands between them and what was pressed, and what is shown of a key is written here.

const stored = "hitl-own-keys"
const commands = "aroemsxujk"

/** The command of each letter that isn't its own. */
let own = read()

function read() {
  try {
    return checked(new Map(JSON.parse(localStorage.getItem(stored) ?? "[]")))
  } catch {
    return new Map()
  }
}

// A letter has one command; those that lead elsewhere, or that were changed by hand into nonsense, are left out.
function checked(letters) {
  const taken = new Map()
  for (const [letter, command] of letters)
    if (/^[a-fh-z]$/.test(letter) && commands.includes(command) && command.length === 1 && ![...taken.values()].includes(command))
      taken.set(letter, command)
  return taken
}

const letterOf = command => [...own].find(([, of]) => of === command)?.[0] ?? command

/** What a pressed key does here, as the key that everybody begins with; "" where it does nothing any more. */
export function canonical(key) {
  const letter = key.toLowerCase()
  if (letter.length !== 1 || own.size === 0)
    return key
  const command = own.get(letter) ?? (commands.includes(letter) && letterOf(letter) !== letter ? "" : letter)
  return key === letter ? command : command.toUpperCase()
}

function keep(letters) {
  own = letters
  try {
    localStorage.setItem(stored, JSON.stringify([...letters]))
  } catch {
    // Forbidden: then they hold as long as the page.
  }
  document.querySelectorAll("own-key").forEach(key => key.show())
}

// Another window of this browser has changed them.
addEventListener("storage", event => {
  if (event.key !== stored)
    return
  own = read()
  document.querySelectorAll("own-key, own-keys").forEach(element => element.show())
})

customElements.define("own-key", class extends HTMLElement {
  connectedCallback() {
    this.show()
  }

  show() {
    this.textContent = letterOf(this.dataset.of)
  }
})

// The choice of them: a field for each command, with the words that the element brings along.
customElements.define("own-keys", class extends HTMLElement {
  connectedCallback() {
    this.show()
  }

  show() {
    this.words = JSON.parse(this.dataset.commands)
    const rows = Object.entries(this.words).map(([command, words]) => {
      const label = document.createElement("label")
      const input = document.createElement("input")
      Object.assign(input, { maxLength: 1, size: 1, autocomplete: "off", autocapitalize: "off", spellcheck: false })
      input.value = letterOf(command)
      input.dataset.keyOf = command
      input.addEventListener("focus", () => input.select())
      input.addEventListener("change", () => this.change(input))
      label.append(input, words)
      return label
    })
    this.said = document.createElement("p")
    this.said.setAttribute("role", "status")
    const reset = document.createElement("button")
    Object.assign(reset, { type: "button", className: "quiet", textContent: this.dataset.reset })
    reset.addEventListener("click", () => {
      keep(new Map())
      this.show()
      this.querySelector("button").focus()
    })
    this.replaceChildren(...rows, this.said, reset)
  }

  change(input) {
    const { keyOf: command } = input.dataset
    const letter = input.value.toLowerCase()
    const before = letterOf(command)
    const other = Object.keys(this.words).find(one => one !== command && letterOf(one) === letter)
    if (!/^[a-fh-z]$/.test(letter)) {
      this.said.textContent = this.dataset.letter
      input.value = before
      return input.select()
    }
    // A letter that is taken changes hands.
    const letters = new Map([...own].filter(([, of]) => of !== command && of !== other))
    for (const [of, its] of [[command, letter], [other, before]])
      if (of && of !== its)
        letters.set(its, of)
    keep(letters)
    for (const field of this.querySelectorAll("input"))
      field.value = letterOf(field.dataset.keyOf)
    this.said.textContent = other ? this.dataset.swapped.replace("{0}", before).replace("{1}", this.words[other]) : this.dataset.kept
  }
})
