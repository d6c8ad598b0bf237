/** A text with changes of it carried out, as CodeMirror does it: all places are those of the text before. */
export const apply = (text, ...changes) => changes
  .sort((a, b) => b.from - a.from)
  .reduce((made, { from, to, insert }) => made.slice(0, from) + insert + made.slice(to), text)
