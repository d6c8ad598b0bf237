// How the page stands to its server, in the words that the elements bring along (see MainLayout.razor), and the way back after the
// connection was lost.
// The page comes back by itself: to the same circuit if the server still has it, else by loading the same address again.
// A plain page, a form for the account or an error, has no connection of its own (see App.razor): whether the server answers it learns
// by waiting for the end of its sign-in, below.
const isPlain = "plain" in document.documentElement.dataset
let state = isPlain ? "plain" : "connecting"

function become(next) {
  state = next
  document.documentElement.dataset.connection = next
  for (const element of document.querySelectorAll("connection-state, connection-notice"))
    element.show()
}

// Blazor draws the page anew when its circuit is there; these elements then find the state again by themselves.
customElements.define("connection-state", class extends HTMLElement {
  static observedAttributes = ["live"]

  connectedCallback() {
    this.show()
  }

  attributeChangedCallback() {
    if (this.hasAttribute("live") && state === "connecting")
      become("live")
  }

  show() {
    this.textContent = this.dataset[state] ?? ""
  }
})

customElements.define("connection-notice", class extends HTMLElement {
  connectedCallback() {
    this.show()
  }

  /** Says something for a moment. */
  tell(what) {
    this.textContent = this.dataset[what] ?? ""
    clearTimeout(this.telling)
    this.telling = setTimeout(() => this.show(), 6000)
  }

  show() {
    this.textContent = this.dataset[state] ?? ""
  }
})

// In place of a page whose sign-in has ended.
customElements.define("sign-in-ended", class extends HTMLElement {
  connectedCallback() {
    forgetTyped()
  }
})

let returning = false

async function comeBack() {
  if (returning)
    return
  returning = true
  become("reconnecting")
  for (let attempt = 0; ; attempt++) {
    try {
      if (!await isStillHere()) {
        leave()
        return
      }
      if (await Blazor.reconnect())
        break
      // The server is there and has forgotten this page, most likely because it was restarted.
      await ready()
      keepTyped()
      keep(returnedKey, "1")
      location.reload()
      return
    } catch {
      become(attempt < 4 && navigator.onLine ? "reconnecting" : "offline")
    }
    await pause(Math.min(250 * 2 ** attempt, 2000))
  }
  returning = false
  become("live")
  typedFields().forEach(tellTyped)
}

// A page that was loaded again by itself came to somebody who may be typing, or away: no single key acts until they have looked (keys.js).
const returnedKey = "hitl-returned"

function keep(key, value) {
  try {
    sessionStorage.setItem(key, value)
  } catch {
    // Forbidden: then nothing is kept.
  }
}

try {
  document.documentElement.toggleAttribute("data-asleep", sessionStorage.getItem(returnedKey) !== null)
  sessionStorage.removeItem(returnedKey)
} catch {
  // Forbidden: then nothing was kept.
}

// What the browser knows of its network is heard at once; the server's silence would be noticed half a minute later.
addEventListener("offline", () => {
  if (state !== "live")
    return
  become("offline")
  // A page without a connection of its own asks at once, and then until it is back.
  waiting?.abort()
})
addEventListener("online", () => state === "offline" && !returning && !isPlain && askServer())

// Whether the line to the server still carries: what is answered came over it. If nothing comes, Blazor will notice.
async function askServer() {
  become("reconnecting")
  await DotNet.invokeMethodAsync("HitlReview.Web", "IsHere").catch(() => {})
  if (state === "reconnecting" && !returning && navigator.onLine)
    become("live")
}

// Whose page this is, in a mark that is of no other use; none where nobody is signed in.
const person = document.documentElement.dataset.person ?? ""
const personKey = "hitl-person"

// Asks the server who is signed in here by now, which also tells it that somebody is at the page: an open page alone keeps no sign-in
// alive.
async function isStillHere() {
  const answer = await fetch("/account/seen", { cache: "no-store" })
  if (!answer.ok)
    throw new Error("no answer")
  return await answer.text() === person
}

// Somebody else is here, or nobody. They get nothing of this page, but the same address anew, as whoever they are.
function leave() {
  forgetTyped()
  document.body.replaceChildren()
  location.replace(location.pathname + location.search)
}

const seenEvery = 60000
let seenAt = performance.now()

async function look() {
  if (person === "" || returning || document.querySelector("sign-in-ended"))
    return
  seenAt = performance.now()
  try {
    if (!await isStillHere())
      leave()
  } catch {
    // No answer: the page says so, if it has a connection to lose.
  }
}

for (const kind of ["keydown", "pointerdown", "wheel"])
  addEventListener(kind, () => performance.now() - seenAt > seenEvery && look(), { capture: true, passive: true })
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look())

// A plain page has no connection that ends with its sign-in. It waits for that end while somebody can see it; hidden, it holds no line
// that another page may need, and looks when it is seen again. That nothing answers is no end.
let waiting = null
let sentAt = -Infinity

async function waitForEnd() {
  let failed = 0
  become("live")
  while (true) {
    await visible()
    waiting = new AbortController()
    try {
      const answer = await fetch(`/account/stands?person=${person}`, { cache: "no-store", signal: waiting.signal })
      if (answer.status === 200 && !isSending()) {
        await leaveFor(await answer.text())
        return
      }
      if (answer.status !== 204)
        await pause(1000)
      failed = answer.status < 500 ? 0 : failed + 1
    } catch {
      if (!waiting.signal.aborted)
        failed++
    }
    if (failed === 0)
      continue
    become(failed < 3 && navigator.onLine ? "reconnecting" : "offline")
    await pause(Math.min(500 * 2 ** failed, 5000))
    // The answer that is waited for takes long, and would say only then that the server is back.
    if (await ready().then(() => true, () => false))
      become("live")
  }
}

// By the sign-in page, which says why; where the browser has a newer sign-in of the same person, the address anew.
async function leaveFor(why) {
  document.body.replaceChildren()
  if (why === "" || await isHereAgain(why)) {
    leave()
    return
  }
  forgetTyped()
  location.replace(`/account/login?returnUrl=${encodeURIComponent(location.pathname + location.search)}&ended=${why}`)
}

// A changed password ends the sign-ins first, and brings the new one with the answer to the form, perhaps in another tab.
async function isHereAgain(why) {
  for (const wait of why === "password_changed" ? [0, 200, 800] : [0]) {
    await pause(wait)
    if (await isStillHere().catch(() => false))
      return true
  }
  return false
}

// A form that is on its way may itself end the sign-in and bring the next one, and leaving would lose its answer.
const isSending = () => performance.now() - sentAt < 10000

function visible() {
  return new Promise(resolve => {
    const check = () => {
      if (document.visibilityState !== "visible")
        return
      document.removeEventListener("visibilitychange", check)
      resolve()
    }
    document.addEventListener("visibilitychange", check)
    check()
  })
}

if (isPlain && person !== "") {
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && waiting?.abort())
  document.addEventListener("submit", () => sentAt = performance.now())
  // Back to a page that the browser had put aside as it was.
  addEventListener("pageshow", event => event.persisted && look())
  waitForEnd()
}

// What the browser keeps of what was typed is for one person. Whoever comes after a sign-out, or after another's sign-in, finds nothing
// of it; what had to be kept is on the server.
function forgetTyped() {
  document.documentElement.dataset.signedOut = ""
  try {
    for (const key of Object.keys(localStorage).filter(one => one.startsWith("hitl-draft-")))
      localStorage.removeItem(key)
    sessionStorage.removeItem(typedKey)
    sessionStorage.removeItem("hitl-presses")
  } catch {
    // Forbidden: then there is nothing.
  }
}

function checkPerson() {
  try {
    if (localStorage.getItem(personKey) === person)
      return
    forgetTyped()
    localStorage.setItem(personKey, person)
  } catch {
    // Forbidden: then nothing is kept either.
  }
  if (person !== "")
    delete document.documentElement.dataset.signedOut
}

document.addEventListener("submit", event => event.target.getAttribute("action") === "/account/logout" && forgetTyped())

// What was typed while nobody listened is told once somebody does: at once, or after the page was loaded again.
const typedKey = "hitl-typed"
const typedFields = () => [...document.querySelectorAll("[data-typed]")]

function tellTyped(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

function keepTyped() {
  const typed = typedFields().filter(field => field.value !== "" || field === document.activeElement)
    .map(field => [field.dataset.typed, {
      text: field.value,
      caret: field === document.activeElement ? [field.selectionStart ?? null, field.selectionEnd] : null,
    }])
  keep(typedKey, JSON.stringify(typed))
}

// What it is in may be drawn before it is shown.
function goBackTo(field, caret, tries = 0) {
  field.focus({ preventScroll: true })
  if (document.activeElement !== field) {
    if (field.isConnected && tries < 100)
      setTimeout(() => goBackTo(field, caret, tries + 1), 50)
  } else if (caret[0] !== null)
    field.setSelectionRange?.(...caret)
}

function restoreTyped() {
  const typed = new Map(JSON.parse(sessionStorage.getItem(typedKey) ?? "[]"))
  if (typed.size === 0)
    return
  const watch = new MutationObserver(() => {
    for (const field of typedFields().filter(one => typed.has(one.dataset.typed))) {
      const { text, caret } = typed.get(field.dataset.typed)
      typed.delete(field.dataset.typed)
      field.value = text
      if (caret)
        goBackTo(field, caret)
      tellTyped(field)
    }
    if (typed.size > 0)
      return
    watch.disconnect()
    sessionStorage.removeItem(typedKey)
  })
  watch.observe(document.body, { childList: true, subtree: true })
}
checkPerson()
restoreTyped()

async function ready() {
  const answer = await fetch("/healthz/ready", { cache: "no-store" })
  if (!answer.ok)
    throw new Error("not ready yet")
}

// Ends early when the network or the reader is back.
function pause(milliseconds) {
  return new Promise(resolve => {
    const go = () => {
      clearTimeout(timer)
      removeEventListener("online", go)
      document.removeEventListener("visibilitychange", seen)
      resolve()
    }
    const seen = () => document.visibilityState === "visible" && go()
    const timer = setTimeout(go, milliseconds)
    addEventListener("online", go)
    document.addEventListener("visibilitychange", seen)
  })
}

Blazor.start({
  circuit: {
    // There are none; left out, they would be asked for before the connection is.
    initializers: { beforeStart: [], afterStarted: [] },
    configureSignalR: builder => builder.withServerTimeout(25000).withKeepAliveInterval(10000),
    reconnectionHandler: { onConnectionDown: () => void comeBack(), onConnectionUp: () => become("live") },
  },
})

// A page whose circuit never came says so instead of looking alive.
setTimeout(() => {
  if (state !== "connecting")
    return
  become("offline")
  look()
}, 20000)
