// Forms that want a passkey: the browser makes one or shows that it has one, and the form is sent with what it gave. By the form, because
// the server compares the origin that the browser has signed with that of the request.

const isAble = !!window.PublicKeyCredential?.parseRequestOptionsFromJSON

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!isAble)
    say(form, "unable")
  form.addEventListener("submit", event => {
    event.preventDefault()
    answer(form)
  })
}

// A page that comes back as it was left has its button as it was left, too.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-passkey] button[type=submit]"))
    button.disabled = false
})

async function answer(form) {
  const button = form.querySelector("button[type=submit]")
  if (button.disabled)
    return
  button.disabled = true
  say(form, isAble ? null : "unable")
  try {
    const refusal = form.dataset.passkeyCheck && await refusalOf(form)
    if (refusal) {
      button.disabled = false
      return say(form, "refused", refusal)
    }
    const options = JSON.parse(form.dataset.passkeyOptions)
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
    form.elements.credential.value = JSON.stringify(credential)
    form.submit()
  } catch {
    // The browser doesn't say whether nothing was found, the person broke it off, or the time was up.
    button.disabled = false
    say(form, isAble ? "failed" : "unable")
  }
}

// Before the device makes a passkey that nobody takes: what else is in the form may be wrong.
async function refusalOf(form) {
  const checked = await fetch(form.dataset.passkeyCheck, { method: "POST", body: new URLSearchParams(new FormData(form)) })
  return checked.ok ? null : await checked.text()
}

function say(form, what, words) {
  for (const fault of form.querySelectorAll("[data-passkey-fault]")) {
    fault.hidden = fault.dataset.passkeyFault !== what
    if (!fault.hidden && words)
      fault.textContent = words
  }
}
