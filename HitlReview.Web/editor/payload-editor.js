// The JSON editor of PayloadEditor.razor: CodeMirror with the JSON language. Text comes and goes as streams of UTF-8, because an
// ordinary argument larger than a SignalR message would cut the circuit. Built into wwwroot by `npm run build`; see README.md.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { json, jsonParseLinter } from "@codemirror/lang-json"
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language"
import { forceLinting, lintGutter, lintKeymap, linter } from "@codemirror/lint"
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search"
import { Compartment, EditorState } from "@codemirror/state"
import { EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view"
import { colours, look } from "./look.js"
import { placeOf } from "./places.js"

const syntax = jsonParseLinter()

// Whatever has no ink of its own, beside what CodeMirror marks by itself.
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u

function chip(code, description) {
  const mark = document.createElement("span")
  mark.className = "cm-unseen"
  mark.textContent = "U+" + code.toString(16).toUpperCase().padStart(4, "0")
  mark.title = mark.textContent + (description ? " " + description : "")
  return mark
}

async function decode(source) {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(await source.arrayBuffer())
}

/** Opens an editor in an element. `owner.CheckAsync(stream)` is told each text after a pause and answers with its faults. */
export async function open(host, source, owner, label) {
  return new PayloadEditor(host, await decode(source), owner, label)
}

class PayloadEditor {
  constructor(host, text, owner, label) {
    this.owner = owner
    this.reading = new Compartment()
    this.view = new EditorView({
      parent: host,
      doc: text,
      extensions: [
        // Only \n ends a line: a \r is a character like any other and comes back unchanged.
        EditorState.lineSeparator.of("\n"),
        EditorView.clipboardInputFilter.of(pasted => pasted.replace(/\r\n?/g, "\n")),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
        this.reading.of([]),
        lineNumbers(),
        foldGutter(),
        highlightSpecialChars({ render: chip, addSpecialChars: unseen }),
        history(),
        drawSelection(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        EditorView.lineWrapping,
        json(),
        syntaxHighlighting(colours),
        look,
        search({ top: true }),
        // A pause that fits the text: a megabyte is not sent after every key.
        linter(view => this.faults(view), { delay: text.length > 100_000 ? 1_000 : 250 }),
        lintGutter(),
        // Tab is left to the browser, so that the keyboard can leave the editor.
        keymap.of([...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap]),
      ],
    })
  }

  async faults(view) {
    const broken = view.state.doc.length > 0 ? syntax(view) : [{ from: 0, to: 0, severity: "error", message: "JSON is missing" }]
    let refused
    try {
      refused = await this.owner.invokeMethodAsync("CheckAsync", DotNet.createJSStreamReference(this.read()))
    } catch {
      return broken // Disconnected: the page says so, and what was typed is checked again before anything is decided.
    }
    if (broken.length > 0)
      return broken
    return refused.map(fault => ({ ...placeOf(view.state, fault.path), severity: "error", message: `${fault.path} ${fault.message}` }))
  }

  /** The text as it stands, as UTF-8. */
  read() {
    return new TextEncoder().encode(this.view.state.sliceDoc())
  }

  /** Puts another text in place of the whole, as one step that can be undone. */
  async replace(source) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: this.view.state.toText(await decode(source)) }, userEvent: "input" })
    forceLinting(this.view)
  }

  lock(on) {
    this.view.dispatch({ effects: this.reading.reconfigure(on ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : []) })
  }

  focus() {
    this.view.focus()
  }

  dispose() {
    this.view.destroy()
  }
}
