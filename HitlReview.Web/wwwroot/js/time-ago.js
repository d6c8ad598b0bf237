// <time-ago datetime="…" now="…">3 min</time-ago>: see TimeAgo.razor. The age counts on by the server's clock, whatever this machine's says.
const current = new Set()
let ticking

class TimeAgo extends HTMLElement {
  static observedAttributes = ["datetime", "now"]

  constructor() {
    super()
    this.attachShadow({ mode: "open" }).append(document.createElement("time"))
  }

  connectedCallback() {
    current.add(this)
    ticking ??= setInterval(() => current.forEach(time => time.show()), 5_000)
    this.show()
  }

  disconnectedCallback() {
    current.delete(this)
    if (current.size === 0)
      ticking = clearInterval(ticking)
  }

  attributeChangedCallback(name) {
    if (name === "now")
      this.ahead = Date.now() - Date.parse(this.getAttribute("now"))
    if (this.isConnected)
      this.show()
  }

  show() {
    const at = new Date(this.getAttribute("datetime"))
    const exact = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })
    const time = this.shadowRoot.firstChild
    const words = this.hasAttribute("exact") ? clock(at, this.ahead) : age((Date.now() - this.ahead - at) / 1000)
    if (time.textContent !== words)
      time.textContent = words
    time.dateTime = this.getAttribute("datetime")
    if (this.title !== exact)
      this.title = exact
  }
}

function age(seconds) {
  if (seconds < 5)
    return "now"
  if (seconds < 60)
    return `${Math.floor(seconds)} s`
  if (seconds < 3_600)
    return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

function clock(at, ahead) {
  const today = new Date(Date.now() - ahead).toDateString() === at.toDateString()
  return at.toLocaleString(undefined, { ...(today ? {} : { day: "numeric", month: "short" }), hour: "2-digit", minute: "2-digit", second: "2-digit" })
}

customElements.define("time-ago", TimeAgo)
