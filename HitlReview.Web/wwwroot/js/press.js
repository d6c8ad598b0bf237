// A press carries what stood on the page when it was made (Press.cs): the server may hear of it much later, when something else stands
// there.

import "./seen.js"
import * as outbox from "./outbox.js"

Blazor.registerCustomEventType("press", {
  browserEventName: "click",
  createEventArgs(event) {
    const about = event.target.closest("[data-press]")
    const editor = about?.querySelector(".editor-host")
    const button = event.target.closest("[data-act]")
    // No editor has a 0: one that is still on its way has kept nothing.
    return {
      id: button ? outbox.press(button) : "",
      says: button?.dataset.says ?? "",
      shown: about?.dataset.press ?? "",
      typed: editor ? editor.pin?.() ?? 0 : null,
    }
  },
})
