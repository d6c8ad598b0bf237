// The palette: what can be done on this page and where one can go, narrowed as one types, and what the server finds of one's own.

const pause = 150 // ms in typing after which the server is asked

const paletteOf = event => event.target.closest?.('dialog[data-keys="palette"]')

/** Leads to another page: within the circuit, or from a page without one. */
export function go(address) {
  if ("plain" in document.documentElement.dataset)
    location.assign(address)
  else
    Blazor.navigateTo(address)
}

/** An order, a group or a filter of what waits goes with what the list is narrowed to already. */
function added(address) {
  const to = new URL(address, location.origin)
  const isWaiting = location.pathname === "/" || location.pathname.startsWith("/review/")
  if (to.pathname !== "/" || !to.search || !isWaiting)
    return address
  const all = new URLSearchParams(location.search)
  to.searchParams.forEach((value, name) => all.set(name, value))
  return `/?${all}`
}

/** It has been opened. */
export function begin(sheet) {
  const search = sheet.querySelector("input")
  search.value = ""
  narrow(sheet)
  search.focus()
}

const isShown = command => !command.closest("li").hidden && !command.closest("[data-idle]")

function narrow(sheet) {
  const text = sheet.querySelector("input").value.trim()
  const words = text.toLowerCase().split(/\s+/)
  for (const command of sheet.querySelectorAll("[data-command]:not([data-found])"))
    command.closest("li").hidden = !words.every(word => command.textContent.toLowerCase().includes(word))
  show(sheet, [], text.length > 1)
  clearTimeout(sheet.asking)
  sheet.asked?.abort()
  if (text.length > 1)
    sheet.asking = setTimeout(() => find(sheet, text), pause)
}

async function find(sheet, text) {
  const list = sheet.querySelector("[data-found-list]")
  let found = []
  const { signal } = sheet.asked = new AbortController()
  try {
    const answer = await fetch(`${list.dataset.address}?q=${encodeURIComponent(text)}`, { cache: "no-store", signal })
    found = answer.ok ? await answer.json() : []
  } catch {
    // Without a connection only what is here is found.
  }
  // Of what was typed before nobody wants to hear any more.
  if (sheet.querySelector("input").value.trim() === text)
    show(sheet, found, false)
}

function show(sheet, found, isAsking) {
  sheet.querySelector("[data-found-list]").replaceChildren(...found.map(({ kind, words, href }) => {
    const command = document.createElement("button")
    Object.assign(command, { type: "button" })
    Object.assign(command.dataset, { command: "", found: "", href })
    const about = document.createElement("small")
    about.textContent = kind
    const what = document.createElement("span")
    what.className = "foreign"
    what.textContent = words
    command.append(what, about)
    const row = document.createElement("li")
    row.append(command)
    return row
  }))
  sheet.querySelector("[data-nothing-found]").hidden = isAsking || [...sheet.querySelectorAll("[data-command]")].some(isShown)
}

document.addEventListener("input", event => {
  const sheet = paletteOf(event)
  if (sheet)
    narrow(sheet)
})

document.addEventListener("keydown", event => {
  const sheet = paletteOf(event)
  if (!sheet)
    return
  const commands = [...sheet.querySelectorAll("[data-command]")].filter(isShown)
  const here = commands.indexOf(document.activeElement)
  const acts = {
    // Who has typed nothing yet has chosen nothing.
    Enter: () => event.target.value.trim() && commands[0]?.click(),
    ArrowDown: () => commands[Math.min(here + 1, commands.length - 1)]?.focus(),
    ArrowUp: () => (here > 0 ? commands[here - 1] : sheet.querySelector("input")).focus(),
  }
  if (!acts[event.key] || event.key === "Enter" && !event.target.matches("input"))
    return
  event.preventDefault()
  acts[event.key]()
})

document.addEventListener("click", event => {
  const command = event.target.closest?.("dialog [data-command]")
  if (!command)
    return
  command.closest("dialog").close()
  const { href, presses, command: key } = command.dataset
  if (href)
    go(command.hasAttribute("data-found") ? href : added(href))
  else if (presses)
    document.querySelector(presses)?.click()
  else if (key === "?")
    document.querySelector('[data-opens-keys="help"]')?.click()
  else
    document.dispatchEvent(new CustomEvent("hitl-key", { detail: { key }, cancelable: true }))
})
