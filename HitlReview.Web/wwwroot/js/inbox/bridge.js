/** What the browser tells the server, and only here: see InboxBridge.cs, whose methods these are. */
export class Bridge {
  constructor() {
    this.owner = new Promise(resolve => this.hasOwner = resolve)
  }

  tell(what, ...args) {
    // While disconnected nobody listens; the page says so by itself.
    return this.owner.then(owner => owner.invokeMethodAsync(what, ...args)).catch(() => {})
  }

  widened(isWide) {
    return this.tell("WideAsync", isWide)
  }

  moved(id) {
    return this.tell("Moved", id)
  }

  /** Answers with the address that it is and the one that it should be; with nothing if it stays. */
  rested(id) {
    return this.tell("Rested", id)
  }

  scrolled(top, height) {
    return this.tell("ScrolledAsync", top, height)
  }

  mayMove(atRest) {
    return this.tell("AtRestAsync", atRest)
  }

  select(id, isOn, from) {
    return this.tell("SelectAsync", id, isOn, from)
  }

  selectNone() {
    return this.tell("SelectedNone")
  }

  endCompare() {
    return this.tell("CompareEnd")
  }

  go(address) {
    return this.tell("Go", address)
  }
}
