// A chat in the browser: the field in which one types, how what was said scrolls, and keys on a card. What is typed and not yet taken in by
// the server is kept here, over a reload too, and sent as soon as it can be; each message has an id, so that sending it twice is no harm.

import { actOf, isLive, press, watchConnection } from "./card.js"

/** From now on `owner` is told what is typed and sent; see ComposerBridge.cs. `draft` is what the server has kept. */
export function own(composer, owner, draft) {
  composer.begin(owner, draft)
  return composer
}

const near = 64 // px from the end within which a reader follows it
const draftPause = 300
const longest = 2000 // of a command that is completed

/** A text of any length: one message to the server holds 32 KB. */
const whole = text => DotNet.createJSStreamReference(new TextEncoder().encode(text))

customElements.define("chat-composer", class extends HTMLElement {
  told = [""] // what of this window's drafts the server may have

  // What is in it comes after it.
  connectedCallback() {
    this.chat = this.parentElement
    this.addEventListener("keydown", event => event.target === this.field && this.key(event))
    this.addEventListener("input", () => this.typed())
    this.addEventListener("click", event => event.target.closest('[data-act="send"]') && this.send())
    this.show()
    // Before a message that waits can be withdrawn here, it is known to have been taken in.
    this.chat.addEventListener("click", this.acting = () => this.forget(), { capture: true })
    // What could not be sent is sent when the connection is back.
    this.watch = watchConnection(() => this.flush())
    // A page that reloads by itself finds its typist again.
    addEventListener("pagehide", this.leaving = () =>
      this.keep("caret", document.activeElement === this.field ? this.field.selectionStart : "", sessionStorage))
  }

  disconnectedCallback() {
    this.watch.disconnect()
    this.chat.removeEventListener("click", this.acting, { capture: true })
    removeEventListener("pagehide", this.leaving)
    clearTimeout(this.saving)
  }

  get field() {
    return this.querySelector("textarea")
  }

  begin(owner, draft) {
    this.owner = owner
    const kept = this.kept("typed", sessionStorage) ?? { text: "", told: this.told }
    const typed = this.field.value || kept.text
    this.told = kept.told
    // What this window has told the server itself it knows better now: it was changed, deleted or sent.
    const others = draft && !this.told.includes(draft) ? draft : ""
    this.field.value = !others || typed.includes(others) ? typed : others.startsWith(typed) ? others : `${typed}\n\n${others}`
    if (this.field.value !== (draft ?? ""))
      this.saveSoon()
    this.flush()
    const caret = this.kept("caret", sessionStorage)
    this.keep("caret", "", sessionStorage)
    if (caret !== null && [document.body, document.querySelector("h1")].includes(document.activeElement)) {
      this.field.focus()
      this.field.setSelectionRange(caret, caret)
    }
  }

  /** What was not said comes behind what is being typed. */
  giveBack(text) {
    this.say(this.field.value.trim() === "" ? text : `${this.field.value}\n\n${text}`, false)
  }

  key(event) {
    if (event.isComposing)
      return
    if (this.offers?.open && this.offers.key(event))
      return
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault()
      this.send()
    } else if (event.key === "ArrowUp" && this.field.value === "") {
      event.preventDefault()
      this.again()
    } else if (event.key === "Escape" && actOf(this, "stop")) {
      event.preventDefault()
      press(actOf(this, "stop"))
    }
  }

  async again() {
    const said = await this.owner?.invokeMethodAsync("LastSaid")
    if (said && this.field.value === "")
      this.say(said)
  }

  /** Puts something to be said into the field. */
  say(text, takesFocus = true) {
    this.field.value = text
    if (takesFocus)
      this.field.focus()
    this.typed()
  }

  typed() {
    this.saveSoon()
    if (this.hasAttribute("data-completes"))
      this.complete(this.field.value)
  }

  saveSoon() {
    this.note()
    clearTimeout(this.saving)
    this.saving = setTimeout(() => this.save(), draftPause)
  }

  /** Each window keeps its own, and what of it the server may have. */
  note() {
    this.keep("typed", { text: this.field.value, told: this.told }, sessionStorage)
  }

  async save() {
    const text = this.field.value
    // An answer that is lost may have been heard.
    this.told = [...this.told, text].slice(-20)
    this.note()
    try {
      await this.owner?.invokeMethodAsync("DraftAsync", whole(text))
      this.told = ["", text]
      this.note()
    } catch {
      // The connection is lost; it is kept here.
    }
  }

  async complete(text) {
    this.offers ??= new Offers(this)
    if (!text.startsWith("/") || text.length > longest)
      return this.offers.show([])
    const found = await this.owner?.invokeMethodAsync("Complete", text).catch(() => [])
    if (this.field.value === text)
      this.offers.show(found ?? [])
  }

  send() {
    const text = this.field.value
    if (text.trim() === "")
      return
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
    this.keep(`pending-${id}`, { at: Date.now(), id, text })
    this.field.value = ""
    this.saveSoon()
    this.offers?.show([])
    document.querySelector("chat-log")?.follow()
    this.show()
    this.flush()
  }

  /** What is yet to be taken in, in its order; each message by itself, since another window may have some too. */
  get pending() {
    const prefix = this.keyOf("pending-")
    return Object.keys(localStorage).filter(key => key.startsWith(prefix)).map(key => this.kept(`pending-${key.slice(prefix.length)}`))
      .filter(Boolean).sort((a, b) => a.at - b.at)
  }

  /** What is seen in the chat was taken in, also where the answer was lost that said so. */
  forget() {
    for (const { id, text } of this.pending)
      if (this.chat.querySelector(`[data-queued="${CSS.escape(id)}"], [data-entry="${CSS.escape(id)}"]`))
        this.taken(id, text)
  }

  taken(id, text) {
    this.keep(`pending-${id}`, "")
    // What was sent is no draft any more; if it comes again, it was given back.
    this.told = this.told.filter(told => told === "" || !text.startsWith(told.trim()))
    this.note()
    this.show()
  }

  // One after the other, so that they stay in their order. An answer that a lost connection has swallowed never comes: sent again, it is
  // the same message.
  async flush() {
    if (this.flushing || !this.owner || !isLive())
      return
    this.flushing = true
    const refused = []
    this.forget()
    try {
      for (const { id, text } of this.pending) {
        if (!this.kept(`pending-${id}`))
          continue
        const why = await Promise.race([this.owner.invokeMethodAsync("SendAsync", id, whole(text)), lost()])
        this.taken(id, text)
        if (why)
          refused.push({ why, text })
      }
    } catch {
      setTimeout(() => this.flush(), 2000)
    }
    this.flushing = false
    this.show()
    if (refused.length > 0)
      this.refuse(refused)
    else if (isLive() && this.pending.length > 0)
      this.flush()
  }

  refuse(refused) {
    this.giveBack(refused.map(({ text }) => text).join("\n\n"))
    this.waiting().textContent = refused[0].why
  }

  show() {
    this.waiting().replaceChildren(...this.pending.map(({ text }) => {
      const line = document.createElement("p")
      line.textContent = `${this.dataset.sending} ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`
      return line
    }))
  }

  // Made here and not drawn by the server, which would take out what it doesn't know.
  waiting() {
    let place = this.chat.querySelector(".chat-pending")
    if (!place) {
      place = document.createElement("div")
      place.className = "chat-pending"
      place.setAttribute("role", "status")
      this.after(place)
    }
    return place
  }

  keep(what, value, where = localStorage) {
    try {
      if (value !== "")
        where.setItem(this.keyOf(what), JSON.stringify(value))
      else
        where.removeItem(this.keyOf(what))
    } catch {
      // Forbidden or full: then the server alone keeps it.
    }
  }

  kept(what, where = localStorage) {
    try {
      return JSON.parse(where.getItem(this.keyOf(what)))
    } catch {
      return null
    }
  }

  keyOf(what) {
    return `hitl-draft-chat-${this.dataset.session}-${what}`
  }
})

/** Fails once the connection is lost. */
function lost() {
  return new Promise((_, fail) => {
    const look = () => {
      if (isLive())
        return
      watch.disconnect()
      fail(new Error("lost"))
    }
    const watch = watchConnection(look)
    look()
  })
}

/** What a command can go on with: a list to choose from with the arrows, Tab or Enter. */
class Offers {
  constructor(composer) {
    this.composer = composer
    this.list = document.createElement("ul")
    Object.assign(this.list, { className: "chat-offers", id: "chat-offers", hidden: true })
    this.list.setAttribute("role", "listbox")
    composer.before(this.list)
    const { field } = composer
    field.setAttribute("aria-controls", this.list.id)
    this.list.addEventListener("pointerdown", event => {
      const option = event.target.closest("li")
      event.preventDefault()
      if (option)
        this.take([...this.list.children].indexOf(option))
    })
    field.addEventListener("blur", () => this.show([]))
  }

  get open() {
    return !this.list.hidden
  }

  show(offers) {
    this.offers = offers
    this.at = -1
    this.list.hidden = offers.length === 0
    this.list.replaceChildren(...offers.map(({ label, hint }, i) => {
      const option = document.createElement("li")
      option.id = `chat-offer-${i}`
      option.setAttribute("role", "option")
      const name = document.createElement("code")
      name.textContent = label
      option.append(name, ` ${hint}`)
      return option
    }))
    this.mark()
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp")
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.offers.length) % this.offers.length
    else if (event.key === "Tab" && !event.shiftKey)
      this.take(Math.max(this.at, 0))
    else if (event.key === "Enter" && this.at >= 0)
      this.take(this.at)
    else if (event.key === "Escape")
      this.show([])
    else
      return false
    event.preventDefault()
    event.stopPropagation()
    this.mark()
    return true
  }

  mark() {
    for (const [i, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", `${i === this.at}`)
    const { field } = this.composer
    if (this.at >= 0)
      field.setAttribute("aria-activedescendant", `chat-offer-${this.at}`)
    else
      field.removeAttribute("aria-activedescendant")
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" })
  }

  take(i) {
    this.composer.say(this.offers[i].text)
  }
}

/** What was said. It follows its end as long as the reader is there, and never moves what is being read. */
customElements.define("chat-log", class extends HTMLElement {
  connectedCallback() {
    this.following = true
    this.count = 0
    this.end = 0 // where it was when it last followed
    this.addEventListener("scroll", () => this.scrolled(), { passive: true })
    this.addEventListener("click", event => {
      if (event.target.closest("[data-earlier]"))
        this.hold()
      if (event.target.closest("[data-again]"))
        this.again(event.target.closest("[data-entry]"))
    })
    this.changes = new MutationObserver(changes => this.changed(changes))
    this.changes.observe(this, { childList: true, subtree: true, characterData: true })
    this.sizes = new ResizeObserver(() => this.isFollowing() && this.toEnd())
    this.sizes.observe(this)
    this.button = document.createElement("button")
    Object.assign(this.button, { type: "button", className: "button chat-latest", hidden: true })
    this.button.addEventListener("click", () => this.follow())
    this.after(this.button)
    this.toEnd()
  }

  disconnectedCallback() {
    this.changes.disconnect()
    this.sizes.disconnect()
    this.button.remove()
  }

  again(entry) {
    this.parentElement.querySelector("chat-composer")?.giveBack(entry.querySelector(".entry-said").textContent)
  }

  get rest() {
    return this.scrollHeight - this.scrollTop - this.clientHeight
  }

  scrolled() {
    this.following = this.rest <= near
    if (this.following)
      this.count = 0
    this.tell()
  }

  changed(changes) {
    if (this.held) {
      // Earlier messages came in above: what was read stays where it was.
      const { entry, top } = this.held
      if (entry.isConnected && entry.previousElementSibling?.matches("[data-entry]")) {
        this.held = null
        this.scrollTop += entry.getBoundingClientRect().top - top
      }
      return
    }
    if (this.isFollowing())
      return this.toEnd()
    this.count += changes.flatMap(change => [...change.addedNodes]).filter(node => node.matches?.("[data-entry]")).length
    this.tell()
  }

  hold() {
    const entry = this.querySelector("[data-entry]")
    if (entry)
      this.held = { entry, top: entry.getBoundingClientRect().top }
  }

  follow() {
    this.following = true
    this.count = 0
    this.toEnd()
    this.tell()
  }

  /** A reader may have scrolled up a moment ago, of which the event is still to come. */
  isFollowing() {
    if (this.following && this.end - this.scrollTop > near && this.rest > near)
      this.following = false
    return this.following
  }

  toEnd() {
    this.scrollTop = this.scrollHeight
    this.end = this.scrollTop
  }

  tell() {
    this.button.hidden = this.following || this.rest <= near
    this.button.textContent = this.count > 0 ? this.dataset.new.replace("{0}", this.count) : this.dataset.latest
  }
})

// A card in a chat has the inbox's keys while the focus is in it, and no others: several may be there.
customElements.define("review-card", class extends HTMLElement {
  static keys = { a: "approve", r: "reject", e: "edit", o: "unfold", u: "undo-card", "Ctrl+Enter": "approve", Leave: "leave" }

  connectedCallback() {
    this.leaving = new AbortController()
    document.addEventListener("hitl-key", event => this.key(event), { signal: this.leaving.signal })
  }

  disconnectedCallback() {
    this.leaving.abort()
  }

  key(event) {
    if (!this.contains(document.activeElement))
      return
    const { key } = event.detail
    if (key === "m")
      actOf(this, "message")?.focus()
    const button = actOf(this, this.constructor.keys[key])
    if (button)
      press(button)
    if (button || key === "m")
      event.preventDefault()
  }
})

// <copy-code>: a button that copies the code in it or, with data-of, what stands beside it. Without a clipboard there is none.
customElements.define("copy-code", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard || this.querySelector("button"))
      return
    const button = document.createElement("button")
    Object.assign(button, { type: "button", className: "quiet copy-button", textContent: this.dataset.copy })
    button.addEventListener("click", async () => {
      const from = this.dataset.of ? this.closest("[data-entry]").querySelector(`.${this.dataset.of}`) : this.querySelector("pre")
      await navigator.clipboard.writeText(from.textContent)
      button.textContent = this.dataset.copied
    })
    this.append(button)
  }
})
