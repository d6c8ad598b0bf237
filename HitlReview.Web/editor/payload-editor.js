// The editor of PayloadEditor.razor: a JSON text in CodeMirror, and a form that shows and changes the same text where a schema says of
// what. Text comes and goes as streams of UTF-8, because an ordinary argument larger than a SignalR message would cut the circuit.
// Built into wwwroot by `npm run build`; see README.md.
import { autocompletion } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, undo } from "@codemirror/commands"
import { json, jsonParseLinter } from "@codemirror/lang-json"
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language"
import { forceLinting, lintGutter, lintKeymap, linter } from "@codemirror/lint"
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search"
import { Annotation, Compartment, EditorState, StateEffect } from "@codemirror/state"
import { EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view"
import { lead } from "../wwwroot/js/focus.js"
import { completions } from "./complete.js"
import { make } from "./dom.js"
import { Form } from "./form.js"
import { colours, look } from "./look.js"
import { Mirror } from "./mirror.js"
import { placesOf } from "./places.js"
import { Schema } from "./schema.js"
import { codeOf, unseen } from "./unseen.js"
import { Views } from "./views.js"

const syntax = jsonParseLinter()

/** Marks what the form has written. */
const fromForm = Annotation.define()

/** How many presses an editor keeps its text for, and how many there were: two editors never have the same number. */
const keptPresses = 20
let presses = 0

/** Asks for a check though the text is the same. */
const recheck = StateEffect.define()

function chip(code, description) {
  const mark = document.createElement("span")
  mark.className = "cm-unseen"
  mark.textContent = codeOf(code)
  mark.title = mark.textContent + (description ? " " + description : "")
  return mark
}

const encode = text => new TextEncoder().encode(text)

/** A schema that a form can be made of; null if it says nothing of the parts, or isn't one. */
function schemaOf(text) {
  try {
    const schema = new Schema(text)
    const { schema: whole, variants } = schema.shape(schema.root)
    return variants || Object.keys(whole.properties ?? {}).length > 0 ? schema : null
  } catch {
    return null
  }
}

async function decode(source) {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(await source.arrayBuffer())
}

/**
 * Opens an editor in an element.
 * @param source The text, as a stream.
 * @param owner `CheckAsync(stream, pending)` is told each text after a pause, with what stands in the form and can't stand in the text; it
 * answers with all faults.
 * @param options `schema`: JSON text or null; `completes`: the one by which the text is completed, or null; `view`: "form" or "json";
 * `words`: what EditorWords.cs says; `changed`: true to check at once; `draftKey` and `draftBase`: where the browser keeps what is typed,
 * and out of what it came; no key, no copy.
 */
export async function open(host, source, owner, label, options) {
  return new PayloadEditor(host, await decode(source), owner, label, options)
}

class PayloadEditor {
  constructor(host, source, owner, label, { schema, completes, view, words, changed, draftKey, draftBase }) {
    this.owner = owner
    this.pressed = new Map()
    host.pin = () => this.pin()
    this.reading = new Compartment()
    this.mirror = draftKey ? new Mirror(draftKey, draftBase, () => this.view.state.sliceDoc()) : null
    const text = this.mirror?.open(source) ?? source
    const place = make("div", { class: "editor-text" })
    this.openText(place, text, label, completes)
    const read = schema ? schemaOf(schema) : null
    if (read)
      this.openForm(host, read, place, label, words, view)
    else
      host.append(place)
    if (changed || text !== source)
      forceLinting(this.view)
  }

  openForm(host, schema, place, label, words, view) {
    this.form = new Form(schema, label, words, {
      change: (changes, event) => this.view.dispatch({
        changes,
        annotations: event === "input.type" ? [fromForm.of(true)] : [fromForm.of(true), isolateHistory.of("full")],
        userEvent: event,
      }),
      undo: () => undo(this.view),
      redo: () => redo(this.view),
      reveal: node => this.reveal(node),
      pendingChanged: () => this.view.dispatch({ effects: recheck.of(null) }),
    })
    const views = [{ id: "form", name: words.form, element: this.form.element }, { id: "json", name: words.json, element: place }]
    this.views = new Views(host, words.views, views, id => {
      if (id === "form")
        this.form.show(this.view.state.sliceDoc())
      else
        this.view.requestMeasure()
    })
    this.views.show(view === "json" ? "json" : "form")
  }

  openText(host, text, label, completes) {
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
        linter(view => this.faults(view), {
          // A pause that fits the text: a megabyte is not sent after every key.
          delay: text.length > 100_000 ? 1_000 : 250,
          needsRefresh: update => update.transactions.some(step => step.effects.some(effect => effect.is(recheck))),
        }),
        lintGutter(),
        // What stands in the text is what runs: nothing is taken by an Enter that was meant for a line.
        completes ? autocompletion({ override: [completions(completes)], selectOnOpen: false, icons: false }) : [],
        // Tab is left to the browser, so that the keyboard can leave the editor.
        EditorView.updateListener.of(update => update.docChanged && this.changed(update)),
        keymap.of([...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap]),
      ],
    })
  }

  changed({ transactions }) {
    this.mirror?.changed()
    if (!this.form)
      return
    if (!transactions.some(step => step.annotation(fromForm)))
      this.form.forget()
    // While nobody sees the form, it isn't worked on.
    if (this.views.current === "form")
      this.form.show(this.view.state.sliceDoc())
  }

  async faults(view) {
    const broken = view.state.doc.length > 0 ? syntax(view) : [{ from: 0, to: 0, severity: "error", message: "JSON is missing" }]
    const text = view.state.sliceDoc()
    let refused
    try {
      refused = await this.owner.invokeMethodAsync("CheckAsync", DotNet.createJSStreamReference(encode(text)), this.pending())
    } catch {
      return broken // Disconnected: the page says so, and what was typed is checked again before anything is decided.
    }
    this.mirror?.sent(text)
    if (broken.length > 0)
      return broken
    this.form?.refuse(refused)
    const places = refused.length > 0 ? placesOf(text, refused.map(fault => fault.path)) : []
    return refused.map((fault, i) => ({ ...places[i], severity: "error", message: `${fault.path} ${fault.message}` }))
  }

  /**
   * What stands in the form and can't stand in the text: `{ path, message }`. Nothing is decided while a person sees another value than the
   * text has.
   */
  pending() {
    return this.form?.faults() ?? []
  }

  /** The text as it stands, as UTF-8. */
  read() {
    return encode(this.view.state.sliceDoc())
  }

  /**
   * Keeps what stands here at this moment, for a press that is on its way.
   * @returns The number to ask for it with.
   */
  pin() {
    this.pressed.set(++presses, { state: this.view.state, pending: this.pending() })
    this.pressed.delete(presses - keptPresses)
    return presses
  }

  /** What `pending` and `read` would have said at a press; null where nothing was kept of it. */
  pendingAt(press) {
    return this.pressed.get(press)?.pending ?? null
  }

  readAt(press) {
    const { state } = this.pressed.get(press)
    this.pressed.delete(press)
    return encode(state.sliceDoc())
  }

  /** Puts another text in place of the whole, as one step that can be undone. */
  async replace(source) {
    this.form?.forget()
    const insert = this.view.state.toText(await decode(source))
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert }, userEvent: "input" })
    forceLinting(this.view)
  }

  lock(on) {
    this.view.dispatch({ effects: this.reading.reconfigure(on ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : []) })
    this.form?.lock(on)
  }

  /** It opens, or shows another text, when the server says so, which can be late. */
  arrive() {
    lead(this)
  }

  focus() {
    if (this.views?.current === "form")
      this.form.focus()
    else
      this.view.focus()
  }

  /** Turns to the text, and there to the place of a value. */
  reveal(node) {
    this.views.show("json")
    if (node)
      this.view.dispatch({
        selection: { anchor: node.from },
        effects: EditorView.scrollIntoView(node.from, { y: "start", yMargin: 40 }),
      })
    this.view.focus()
  }

  /** Drops the copy that the browser keeps: what was typed is decided on, or given up. */
  forget() {
    this.mirror?.forget()
  }

  dispose() {
    this.mirror?.dispose()
    this.view.destroy()
  }
}
