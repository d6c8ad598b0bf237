// Where the focus goes by itself. Who types is left alone: letters that land elsewhere are keys, and some of them decide.

/** Text, also what is typed letter by letter to choose. */
export const fields = [
  'input:not([type="checkbox"]):not([type="radio"]):not([type="button"])',
  "textarea",
  "select",
  '[contenteditable]:not([contenteditable="false"])',
].join()

/** Brings the reader to an element, unless they type in what can be seen. */
export function lead(element) {
  if (!document.activeElement?.closest(fields)?.checkVisibility())
    element?.focus({ preventScroll: true })
}
