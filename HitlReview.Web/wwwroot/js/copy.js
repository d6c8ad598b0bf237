// <copy-text data-copy="…" data-copied="…">: a button that copies what stands in the element. Without a clipboard (over plain HTTP, say)
// there is none, and the text is selected as a whole with one click: see .secret.
customElements.define("copy-text", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard)
      return
    const text = this.firstElementChild
    const button = document.createElement("button")
    Object.assign(button, { type: "button", className: "button", textContent: this.dataset.copy })
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent)
      button.textContent = this.dataset.copied
    })
    this.append(button)
  }
})
