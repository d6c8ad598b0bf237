// What was pressed and has perhaps not arrived. A press has an id, so that sending it again is no harm (Press.cs); what a page that had to
// be loaded again can't know any more, it says.

import { actOf, isLive, pressWith, titleOf, watchConnection } from "./card.js"

const key = "hitl-presses"
const patience = 1000 // ms after which a press is said to be on its way
const sending = new Map() // by id; see press()
const again = new WeakMap() // the id under which a button is pressed again

/** A button of a card is pressed. Answers with the id of the press. */
export function press(button) {
  const id = again.get(button) ?? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
  again.delete(button)
  const card = button.closest("[data-card]")
  if (!card)
    return id
  sending.set(id, {
    about: card.dataset.nodeExecId, shown: card.dataset.press, act: button.dataset.act, says: button.dataset.says,
    title: titleOf(card).textContent, at: Date.now(),
  })
  keep()
  // After the press itself has gone out, by the same line.
  setTimeout(() => arrive(id).catch(() => {}))
  setTimeout(show, patience + 50)
  return id
}

async function arrive(id) {
  await DotNet.invokeMethodAsync("HitlReview.Web", "IsHere")
  sending.delete(id)
  keep()
  show()
}

async function sendAgain() {
  if (sending.size === 0)
    return
  // By then the page shows what the server has drawn meanwhile.
  await DotNet.invokeMethodAsync("HitlReview.Web", "IsHere")
  for (const [id, { about, shown, act, says }] of sending) {
    const card = [...document.querySelectorAll("[data-card]")].find(one => one.dataset.nodeExecId === about && one.dataset.press === shown)
    const button = actOf(card, act)
    if (button && !button.disabled) {
      again.set(button, id)
      says ? pressWith(button, says) : button.click()
    } else
      lose(id)
  }
}

function lose(id) {
  lost.push(sending.get(id))
  sending.delete(id)
  keep()
  show()
}

let lost = []

function keep() {
  try {
    sessionStorage.setItem(key, JSON.stringify([...sending.values(), ...lost]))
  } catch {
    // Forbidden: then nothing is kept.
  }
}

try {
  lost = JSON.parse(sessionStorage.getItem(key) ?? "[]")
} catch {
  // Forbidden: then nothing was kept.
}

watchConnection(() => isLive() && sendAgain().catch(() => {}))

function show() {
  document.querySelector("press-outbox")?.show()
}

customElements.define("press-outbox", class extends HTMLElement {
  connectedCallback() {
    this.show()
  }

  show() {
    const late = [...sending.values()].filter(({ at }) => Date.now() - at >= patience)
    this.replaceChildren(
      ...late.map(one => this.line(this.dataset.sending, one)), ...lost.map(one => this.line(this.dataset.lost, one, true)))
  }

  line(words, one, isLost = false) {
    const line = document.createElement("p")
    line.textContent = words.replace("{0}", this.dataset[one.act]).replace("{1}", one.title)
    if (isLost) {
      const link = document.createElement("a")
      link.href = `/review/${encodeURIComponent(one.about)}`
      link.textContent = this.dataset.open
      link.addEventListener("click", () => this.dismiss(one))
      const close = document.createElement("button")
      Object.assign(close, { type: "button", className: "link", textContent: this.dataset.dismiss })
      close.addEventListener("click", () => this.dismiss(one))
      line.append(" ", link, " ", close)
    }
    return line
  }

  dismiss(one) {
    lost = lost.filter(other => other !== one)
    keep()
    this.show()
  }
})
