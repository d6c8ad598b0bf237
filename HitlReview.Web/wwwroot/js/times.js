// <time-ago datetime="…"> and <count-down datetime="…">: see Time.cs. Both go by the server's clock, whatever this machine's says, and
// speak in the words that <html> brings along (see App.razor).

// How far this machine's clock was ahead of the server's when the page began to arrive, in milliseconds.
const [{ responseStart }] = performance.getEntriesByType("navigation")
const ahead = performance.timeOrigin + responseStart - Date.parse(document.documentElement.dataset.now)

class Time extends HTMLElement {
  static observedAttributes = ["datetime"]

  constructor(pace) {
    super()
    this.pace = pace
    this.attachShadow({ mode: "open" }).append(document.createElement("time"))
  }

  connectedCallback() {
    this.pace.start(this)
    this.show()
  }

  disconnectedCallback() {
    this.pace.stop(this)
  }

  attributeChangedCallback() {
    if (this.isConnected)
      this.show()
  }

  /** Milliseconds by the server's clock. */
  get now() {
    return Date.now() - ahead
  }

  get at() {
    return new Date(this.getAttribute("datetime"))
  }

  say(text) {
    const time = this.shadowRoot.firstChild
    if (time.textContent !== text)
      time.textContent = text
  }
}

/** One timer for all that are shown, none if nothing is. */
class Pace {
  constructor(milliseconds) {
    this.milliseconds = milliseconds
    this.shown = new Set()
  }

  start(time) {
    this.shown.add(time)
    this.ticking ??= setInterval(() => this.shown.forEach(shown => shown.show()), this.milliseconds)
  }

  stop(time) {
    this.shown.delete(time)
    if (this.shown.size === 0)
      this.ticking = clearInterval(this.ticking)
  }
}

const calm = new Pace(5_000)
const quick = new Pace(250)

document.addEventListener("hitl-appearance", () => calm.shown.forEach(time => time.show()))

class TimeAgo extends Time {
  constructor() {
    super(calm)
    // Only once it is asked for: the first word in the reader's language takes a browser longer than all else here.
    this.addEventListener("pointerenter", () => {
      const timeZone = formatOf(zone()) ? zone() : undefined
      this.title = this.at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: timeZone ? "long" : "medium", timeZone })
    })
  }

  show() {
    this.say(this.hasAttribute("exact") ? clock(this.at, this.now) : age((this.now - this.at) / 1000, this.hasAttribute("ago")))
    this.shadowRoot.firstChild.dateTime = this.getAttribute("datetime")
  }
}

class CountDown extends Time {
  constructor() {
    super(quick)
  }

  show() {
    this.say(words("ageSeconds", Math.max(0, Math.ceil((this.at - this.now) / 1000))))
  }
}

function age(seconds, inSentence) {
  if (seconds < 5)
    return words("ageNow")
  if (inSentence)
    return words("ageInSentence", age(seconds))
  if (seconds < 60)
    return words("ageSeconds", Math.floor(seconds))
  if (seconds < 3_600)
    return words("ageMinutes", Math.floor(seconds / 60))
  if (seconds < 86_400)
    return words("ageHours", Math.floor(seconds / 3_600))
  return words("ageDays", Math.floor(seconds / 86_400))
}

function words(name, value) {
  return document.documentElement.dataset[name].replace("{0}", value)
}

function clock(at, now) {
  const [date, time] = partsOf(at)
  return partsOf(new Date(now))[0] === date ? time : `${date} ${time}`
}

// The date and the time of day, in the zone that the reader has chosen or else in this machine's, which it says without Intl.
function partsOf(at) {
  const format = formatOf(zone())
  if (format)
    return format.format(at).split(" ")
  const digits = (...parts) => parts.map(part => String(part).padStart(2, "0"))
  return [
    digits(at.getFullYear(), at.getMonth() + 1, at.getDate()).join("-"),
    digits(at.getHours(), at.getMinutes(), at.getSeconds()).join(":"),
  ]
}

const zone = () => document.documentElement.dataset.zone ?? ""

const formats = new Map([["", null]])

// Null for what a cookie names that is no zone.
function formatOf(timeZone) {
  if (!formats.has(timeZone))
    formats.set(timeZone, makeFormat(timeZone))
  return formats.get(timeZone)
}

function makeFormat(timeZone) {
  try {
    return new Intl.DateTimeFormat("sv-SE", {
      timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    })
  } catch {
    return null
  }
}

customElements.define("time-ago", TimeAgo)
customElements.define("count-down", CountDown)
