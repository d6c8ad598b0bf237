// <time-ago datetime="…" now="…">3 min</time-ago> and <count-down until="…" now="…">5 s</count-down>: see TimeAgo.razor and CountDown.razor.
// Both go on by the server's clock, whatever this machine's says, and in the words that <html> brings along (see App.razor).

class Time extends HTMLElement {
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

  attributeChangedCallback(name) {
    if (name === "now")
      this.ahead = Date.now() - Date.parse(this.getAttribute("now"))
    if (this.isConnected)
      this.show()
  }

  /** Milliseconds by the server's clock. */
  get now() {
    return Date.now() - this.ahead
  }

  say(words) {
    const time = this.shadowRoot.firstChild
    if (time.textContent !== words)
      time.textContent = words
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

class TimeAgo extends Time {
  static observedAttributes = ["datetime", "now"]

  constructor() {
    super(calm)
  }

  show() {
    const at = new Date(this.getAttribute("datetime"))
    const exact = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })
    this.say(this.hasAttribute("exact") ? clock(at, this.now) : age((this.now - at) / 1000, this.hasAttribute("ago")))
    this.shadowRoot.firstChild.dateTime = this.getAttribute("datetime")
    if (this.title !== exact)
      this.title = exact
  }
}

class CountDown extends Time {
  static observedAttributes = ["until", "now"]

  constructor() {
    super(quick)
  }

  show() {
    this.say(words("ageSeconds", Math.max(0, Math.ceil((Date.parse(this.getAttribute("until")) - this.now) / 1000))))
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
  const today = new Date(now).toDateString() === at.toDateString()
  return at.toLocaleString(undefined, { ...(today ? {} : { day: "numeric", month: "short" }), hour: "2-digit", minute: "2-digit", second: "2-digit" })
}

customElements.define("time-ago", TimeAgo)
customElements.define("count-down", CountDown)
