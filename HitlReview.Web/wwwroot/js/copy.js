/** Takes a text along; false where the browser doesn't let a page do so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Over plain HTTP there is no clipboard, but the older way.
  }
  const before = document.activeElement
  const field = document.createElement("textarea")
  field.value = text
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  before?.focus({ preventScroll: true })
  return isCopied
}

// As a MudButton looks: no part of MudBlazor's makes one without a circuit.
const looks = "mud-button-root mud-button mud-button-outlined mud-button-outlined-primary mud-button-outlined-size-medium"

// <copy-text data-copy="…" data-copied="…" data-failed="…">: a button that copies what stands in the element.
customElements.define("copy-text", class extends HTMLElement {
  connectedCallback() {
    const text = this.firstElementChild
    const button = document.createElement("button")
    Object.assign(button, { type: "button", className: looks, textContent: this.dataset.copy })
    button.addEventListener("click", async () => {
      button.textContent = await copy(text.textContent) ? this.dataset.copied : this.dataset.failed
    })
    this.append(button)
  }
})
