// The inbox in the browser, put together from its parts in js/inbox: how it moves under keys, pointer and wheel without waiting for a
// server, which is told of it and draws the cards around the current one ahead.

import { isLive, watchConnection } from "./card.js"
import { Bridge } from "./inbox/bridge.js"
import { Current } from "./inbox/current.js"
import { Keys } from "./inbox/keys.js"
import { List } from "./inbox/list.js"
import { News } from "./inbox/news.js"
import { Page, wide } from "./inbox/page.js"
import { Pointer } from "./inbox/pointer.js"
import "./inbox/search.js"
import { Selection } from "./inbox/selection.js"

/** From now on `owner` is told what the reader does, and what they have done already; see InboxBridge.cs. */
export function own(root, owner, options) {
  root.inbox.configure(options)
  root.inbox.bridge.hasOwner(owner)
  return root.inbox
}

class Inbox {
  constructor(root) {
    this.page = new Page(root)
    this.bridge = new Bridge()
    this.list = new List(this.page, this.bridge)
    this.current = new Current(this.page, this.bridge, this.list)
    this.selection = new Selection(this.page, this.bridge)
    this.news = new News()
    new Keys(this.page, this.bridge, this.current, this.selection)
    new Pointer(this.page, this.current, this.list, this.selection)

    this.page.listen(wide, "change", () => this.bridge.widened(wide.matches))
    this.changes = new MutationObserver(() => this.drawn())
    this.changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] })
    this.connection = watchConnection(() => isLive() && this.current.retell())
    this.bridge.widened(wide.matches)
    this.drawn()
    this.list.scrolled()
  }

  close() {
    this.page.leaving.abort()
    this.changes.disconnect()
    this.connection.disconnect()
    this.current.close()
  }

  // Runs after the server has drawn something and before it is painted.
  drawn() {
    this.current.begin()
    this.list.startAt()
    this.current.mark()
    this.list.drawn()
    this.current.drawn()
    this.selection.drawn()
  }

  // ---- what the server asks for

  configure(options) {
    this.news.configure(options)
  }

  announce(count, words) {
    this.news.announce(count, words)
  }

  show(id, takesFocus) {
    this.current.show(id, takesFocus)
  }

  advance(id, decided) {
    this.current.advance(id, decided)
  }

  seek(id, top) {
    this.list.seek(id, top)
  }

  untick(id) {
    this.selection.untick(id)
  }
}

// The element works from the moment it is there; whom it tells of it comes a little later.
customElements.define("review-inbox", class extends HTMLElement {
  connectedCallback() {
    this.inbox = new Inbox(this)
  }

  disconnectedCallback() {
    this.inbox.close()
  }
})
