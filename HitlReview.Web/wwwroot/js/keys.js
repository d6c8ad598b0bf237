// The keys of all pages: which presses are shortcuts and which are typing, the help sheet, the palette, and going from list to list.
// What a key does on a page, the page itself knows: it hears of it as the event "hitl-key" and stops it if it has an answer.

import { fields } from "./focus.js"

const dialog = name => document.querySelector(`dialog[data-keys="${name}"]`)
const lists = { i: "/", d: "/decided", a: "/auto-approvals" }
let goingSince = -Infinity

document.addEventListener("keydown", event => {
  if (event.defaultPrevented || event.isComposing || event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(event.key))
    return
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey
  if (withControl && event.key.toLowerCase() === "k")
    return answer(event, () => open("palette"))
  if (document.querySelector("dialog[open], .mud-dialog-container"))
    return
  if (event.ctrlKey || event.metaKey || event.altKey)
    return
  const field = typedIn(event)
  if (!field && goesOnTyping())
    return
  typed = field && !["Escape", "Tab"].includes(event.key) ? field : null
  typedAt = performance.now()
  if (field) {
    if (event.key === "Escape") {
      field.blur()
      document.querySelector("[data-shown] [data-title]")?.focus({ preventScroll: true })
      event.preventDefault()
      if (field.closest("[data-editor]"))
        tell(event, "Leave")
    }
    return
  }
  if (isAsleep(event))
    return
  const isSingle = event.key.length === 1
  if (isSingle && document.querySelector("[data-single-keys]")?.dataset.singleKeys === "off")
    return
  if (performance.now() - goingSince < 1500) {
    goingSince = -Infinity
    const address = lists[event.key]
    return address ? answer(event, () => Blazor.navigateTo(address)) : undefined
  }
  if (event.key === "g")
    return answer(event, () => goingSince = performance.now())
  if (event.key === "?")
    return answer(event, () => open("help"))
  tell(event, event.key)
})

// After a reload that nobody asked for the letters of a sentence would act. A pointer, or Ctrl, says that somebody looks.
function isAsleep(event) {
  if (!root.hasAttribute("data-asleep") || event.key.length > 1)
    return false
  document.querySelector("connection-notice")?.tell("asleep")
  return true
}

const root = document.documentElement
const wake = () => root.removeAttribute("data-asleep")
for (const kind of ["pointerdown", "pointermove", "wheel"])
  document.addEventListener(kind, ({ movementX, movementY }) => (kind !== "pointermove" || movementX || movementY) && wake(),
    { capture: true, passive: true })
document.addEventListener("keydown", event => (event.key === "Control" || event.key === "Meta") && wake(), { capture: true })

// From the editor, before the editor makes a line of it.
document.addEventListener("keydown", event => {
  const isIt = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.repeat
  if (!isIt || !event.target.closest?.("[data-editor]"))
    return
  event.stopPropagation()
  answer(event, () => tell(event, "Ctrl+Enter"))
}, { capture: true })

// Who is typing when their field goes doesn't see it at once. Until they pause, what they press is no key.
let typed = null
let typedAt = -Infinity

function goesOnTyping() {
  if (!typed || typed.matches(fields) && !typed.disabled && typed.checkVisibility() || performance.now() - typedAt > 1500)
    return false
  typedAt = performance.now()
  return true
}

document.addEventListener("pointerdown", () => typed = null, { capture: true })

function typedIn(event) {
  const target = event.target instanceof Element ? event.target : null
  return target?.closest(fields)
}

function tell(event, key) {
  if (!document.dispatchEvent(new CustomEvent("hitl-key", { detail: { key }, cancelable: true })))
    event.preventDefault()
}

function answer(event, act) {
  event.preventDefault()
  act()
}

function open(name) {
  const sheet = dialog(name)
  if (!sheet || sheet.open)
    return
  document.querySelectorAll("dialog[data-keys][open]").forEach(other => other.close())
  sheet.showModal()
  const search = sheet.querySelector("input")
  if (search) {
    search.value = ""
    narrow(sheet)
    search.focus()
  }
}

// The palette narrows as one types; Enter takes the first that is left.
function narrow(sheet) {
  const words = sheet.querySelector("input").value.toLowerCase().split(/\s+/)
  for (const command of sheet.querySelectorAll("[data-command]"))
    command.closest("li").hidden = !words.every(word => command.textContent.toLowerCase().includes(word))
}

document.addEventListener("input", event => {
  const sheet = event.target.closest?.('dialog[data-keys="palette"]')
  if (sheet)
    narrow(sheet)
})

document.addEventListener("keydown", event => {
  const sheet = event.target.closest?.('dialog[data-keys="palette"]')
  if (!sheet)
    return
  const commands = [...sheet.querySelectorAll("[data-command]")].filter(command => !command.closest("li").hidden)
  const here = commands.indexOf(document.activeElement)
  if (event.key === "Enter" && event.target.matches("input"))
    answer(event, () => commands[0]?.click())
  else if (event.key === "ArrowDown")
    answer(event, () => commands[Math.min(here + 1, commands.length - 1)]?.focus())
  else if (event.key === "ArrowUp")
    answer(event, () => (here > 0 ? commands[here - 1] : sheet.querySelector("input")).focus())
})

document.addEventListener("click", event => {
  const opener = event.target.closest?.("[data-opens-keys]")
  if (opener)
    return open(opener.dataset.opensKeys)
  const command = event.target.closest?.("[data-command]")
  if (!command)
    return
  command.closest("dialog").close()
  if (command.dataset.href)
    Blazor.navigateTo(command.dataset.href)
  else if (command.dataset.command === "?")
    open("help")
  else
    document.dispatchEvent(new CustomEvent("hitl-key", { detail: { key: command.dataset.command }, cancelable: true }))
})
