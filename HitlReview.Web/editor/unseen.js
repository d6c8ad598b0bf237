// Whatever has no ink of its own.
const ranges = String.raw`\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000`

/** Beside what CodeMirror marks by itself. */
export const unseen = new RegExp(`[${ranges}]`, "u")

const all = new RegExp(String.raw`[${ranges}\p{Cs}\u0000-\u0008\u000b-\u001f\u007f-\u009f]`, "gu")

export const codeOf = code => "U+" + code.toString(16).toUpperCase().padStart(4, "0")

/** Which characters of a text can't be seen, each once. */
export const unseenIn = text => [...new Set(text.match(all) ?? [])].map(unit => codeOf(unit.codePointAt(0)))

/** The text with the names of its unseen characters in their places: for keys and what a schema says, where nothing is edited. */
export const visible = text => String(text).replace(all, unit => `[${codeOf(unit.codePointAt(0))}]`)
