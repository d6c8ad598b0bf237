// The keys of all pages: which presses are shortcuts and which are typing, the help sheet, and going from list to list.
// What a key does on a page, the page itself knows: it hears of it as the event "hitl-key" and stops it if it has an answer.

import { fields } from "./focus.js"
import { canonical } from "./ownkeys.js"
import { begin, go } from "./palette.js"

const dialog = name => document.querySelector(`dialog[data-keys="${name}"]`)
const lists = {
  i: "/", d: "/decided", a: "/auto-approvals", c: "/copilot", e: "/executions", g: "/graphs", p: "/preferences",
}
// Keys are told apart by when they were pressed, not by when a busy page comes to them.
let goingSince = -Infinity

document.addEventListener("keydown", event => {
  const key = keyOf(event)
  if (event.defaultPrevented || event.isComposing || event.repeat && !["j", "k", "ArrowDown", "ArrowUp"].includes(canonical(key)))
    return
  const withControl = (event.ctrlKey || event.metaKey) && !event.altKey
  if (withControl && key.toLowerCase() === "k")
    return answer(event, () => open("palette"))
  if (document.querySelector("dialog[open], .mud-dialog-container"))
    return
  if (event.ctrlKey || event.metaKey || event.altKey)
    return
  const field = typedIn(event)
  if (!field && goesOnTyping(event))
    return
  typed = field && !["Escape", "Tab"].includes(event.key) ? field : null
  typedAt = event.timeStamp
  if (field) {
    if (event.key === "Escape") {
      field.blur()
      const title = document.querySelector("[data-panel] [data-title]") ?? document.querySelector("[data-shown] [data-title]")
      title?.focus({ preventScroll: true })
      event.preventDefault()
      if (field.closest("[data-editor]"))
        tell(event, "Leave")
    }
    return
  }
  if (isAsleep(event))
    return
  const cancel = key === "Escape" && document.activeElement?.closest("[data-confirm-box]")?.querySelector("[data-cancel]")
  if (cancel)
    return answer(event, () => cancel.click())
  const isSingle = key.length === 1
  if (isSingle && document.querySelector("[data-single-keys]")?.dataset.singleKeys !== "on")
    return
  if (event.timeStamp - goingSince < 1500) {
    goingSince = -Infinity
    const address = lists[key]
    return address ? answer(event, () => go(address)) : undefined
  }
  if (key === "g")
    return answer(event, () => goingSince = event.timeStamp)
  if (key === "?")
    return answer(event, () => open("help"))
  const command = canonical(key)
  if (command && !tell(event, command) && moves[command])
    moveInList(event, moves[command])
})

/** The key by its letter or, where the layout writes none of ours, by its place. Caps Lock is no Shift. */
function keyOf({ key, code = "", shiftKey }) {
  const letter = /^[a-z]$/i.test(key) ? key : /^Key[A-Z]$/.test(code) && !isAscii(key) ? code[3] : null
  if (letter)
    return shiftKey ? letter.toUpperCase() : letter.toLowerCase()
  if (code === "Slash" && (!isAscii(key) || key === "." || key === ","))
    return shiftKey ? "?" : "/"
  return key
}

function isAscii(text) {
  return /^[\x20-\x7e]*$/.test(text)
}

// On a page with a list, and no inbox, from one record to the next; Enter opens what has the focus, as everywhere.
const moves = { j: 1, k: -1 }
const links = "main .row-link, main .session-row > a"

function moveInList(event, by) {
  const records = [...document.querySelectorAll(links)].filter(link => link.checkVisibility())
  const here = records.indexOf(document.activeElement)
  const next = here < 0 ? records.at(by > 0 ? 0 : -1) : records[here + by]
  if (next)
    answer(event, () => next.focus())
}

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

// From the editor, before the editor makes a line of it, and from the message. With Shift the message is why not.
document.addEventListener("keydown", event => {
  const isIt = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.repeat
  if (!isIt || !event.target.closest?.(event.shiftKey ? '[data-act="message"]' : '[data-editor], [data-act="message"]'))
    return
  event.stopPropagation()
  answer(event, () => tell(event, event.shiftKey ? "Ctrl+Shift+Enter" : "Ctrl+Enter"))
}, { capture: true })

// Who is typing when their field goes doesn't see it at once. Until they pause, what they press is no key.
let typed = null
let typedAt = -Infinity

function goesOnTyping({ timeStamp }) {
  if (!typed || typed.matches(fields) && !typed.disabled && typed.checkVisibility() || timeStamp - typedAt > 1500)
    return false
  typedAt = timeStamp
  return true
}

document.addEventListener("pointerdown", () => typed = null, { capture: true })

function typedIn(event) {
  const target = event.target instanceof Element ? event.target : null
  return target?.closest(fields)
}

/** Tells the page of a key; true if it had an answer. */
function tell(event, key) {
  const isAnswered = !document.dispatchEvent(new CustomEvent("hitl-key", { detail: { key }, cancelable: true }))
  if (isAnswered)
    event.preventDefault()
  return isAnswered
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
  // Only what does something here.
  for (const part of sheet.querySelectorAll("[data-acts-in]"))
    part.toggleAttribute("data-idle", document.querySelector(part.dataset.actsIn) === null)
  sheet.showModal()
  if (name === "palette")
    begin(sheet)
}

document.addEventListener("click", event => {
  const opener = event.target.closest?.("[data-opens-keys]")
  if (opener)
    open(opener.dataset.opensKeys)
})
