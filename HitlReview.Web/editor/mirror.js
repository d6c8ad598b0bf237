// What is typed, kept in the browser too: a connection may be lost for good, and then the server hasn't got the last words.

const pause = 300
const kept = 50

/** Holds the text of one editor under a key. */
export class Mirror {
  /**
   * @param key Where it is kept.
   * @param base What the text started from, in any words: a mirror of another start is none of ours.
   */
  constructor(key, base, read) {
    Object.assign(this, { key, base, read, known: [], timer: 0 })
    this.flush = () => this.timer && this.write()
    addEventListener("pagehide", this.flush)
  }

  /**
   * The text to start with. The mirror counts only if it came out of the text that the server starts from now: with a text
   * that was changed elsewhere since, what is here is the older one.
   */
  open(source) {
    const mirrored = this.stored()
    const follows = mirrored?.base === this.base && mirrored.known.includes(hash(source))
    this.known = follows ? mirrored.known : [hash(source)]
    return follows ? mirrored.text : source
  }

  stored() {
    try {
      const { base, known, text } = JSON.parse(localStorage.getItem(this.key)) ?? {}
      return typeof text === "string" && Array.isArray(known) ? { base, known, text } : null
    } catch {
      return null
    }
  }

  changed() {
    this.timer ||= setTimeout(() => this.write(), pause)
  }

  /** The server has this text now, and may start from it next time. */
  sent(text) {
    const its = hash(text)
    this.known = [...this.known.filter(one => one !== its), its].slice(-kept)
  }

  write() {
    this.stop()
    // connection.js: nobody is signed in any more, and the next person may be another.
    if ("signedOut" in document.documentElement.dataset)
      return
    try {
      localStorage.setItem(this.key, JSON.stringify({ base: this.base, known: this.known, text: this.read() }))
    } catch {
      // Full, or forbidden: then there is no net.
    }
  }

  stop() {
    clearTimeout(this.timer)
    this.timer = 0
  }

  forget() {
    this.stop()
    try {
      localStorage.removeItem(this.key)
    } catch {
      // Forbidden.
    }
  }

  dispose() {
    this.flush()
    removeEventListener("pagehide", this.flush)
  }
}

/** Tells texts apart; nobody gains by making two that look alike to it. */
function hash(text) {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  return `${text.length}-${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`
}
