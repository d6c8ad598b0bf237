// MudBlazor's styles and script, for a reader who comes to a page of its parts from one without (see MaterialLayout.razor).
import { lead } from "./focus.js"

const arrival = element => new Promise((resolve, reject) => {
  element.onload = resolve
  element.onerror = () => reject(new Error(`${element.href ?? element.src} could not be loaded`))
  document.head.append(element)
})

let loading = null

/** Loads both once. What could not be loaded is asked for again the next time. */
export function load(styles, script) {
  loading ??= Promise.all([
    document.querySelector("link[data-mud]") ? null
      : arrival(Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles })),
    "mudElementRef" in globalThis ? null : arrival(Object.assign(document.createElement("script"), { src: script })),
  ]).catch(fault => {
    loading = null
    throw fault
  })
  return loading
}

/** The reader is at the page's title, as on every other page that they come to. */
export function arrive() {
  const title = document.querySelector("main h1")
  title?.setAttribute("tabindex", "-1")
  lead(title)
}
