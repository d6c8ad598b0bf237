using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Payload;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Payload;

/// <summary>The form view of the editor in a real browser, on schemas and texts of all sorts; the server's side is a stand-in.</summary>
public sealed class FormInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [StringSyntax("json")]
    const string Order = """
        {
          "type": "object",
          "properties": {
            "to": { "title": "To", "description": "Who gets it.", "type": "array", "items": { "type": "string" } },
            "subject": { "title": "Subject", "type": "string" },
            "amount": { "title": "Amount", "type": "number" },
            "urgent": { "title": "Urgent", "type": "boolean" },
            "note": { "title": "Note", "type": ["string", "null"] },
            "method": { "title": "Method", "enum": ["GET", "POST"] },
            "version": { "const": 2 },
            "address": { "title": "Address", "$ref": "#/$defs/address" },
            "tree": { "$ref": "#/$defs/tree" }
          },
          "required": ["to", "subject"],
          "$defs": {
            "address": { "type": "object", "properties": { "city": { "type": "string" }, "zip": { "type": "string" } }, "required": ["city"] },
            "tree": { "type": "object", "properties": { "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/$defs/tree" } } } }
          }
        }
        """;

    [Fact]
    public async Task An_edit_in_the_form_changes_that_place_of_the_text_and_not_a_byte_beside_it()
    {
        await using var seat = await StartAsync(
            "{ \"zeta\":12345678901234567890 ,\r\n\t\"subject\" : \"\\u0041b\\/c\",  \"amount\":1.10, \"x\":1e3,\"to\":[ \"a\",\"b\" ]}");

        await Field(seat, "$.subject").PressAsync("End");
        await seat.Page.Keyboard.TypeAsync("\"é");
        await Expect(Field(seat, "$.zeta")).ToHaveValueAsync("12345678901234567890");
        await Expect(Field(seat, "$.amount")).ToHaveValueAsync("1.10");
        await Expect(Field(seat, "$.x")).ToHaveValueAsync("1e3");
        Assert.Equal(
            "{ \"zeta\":12345678901234567890 ,\r\n\t\"subject\" : \"\\u0041b\\/c\\\"é\","
            + "  \"amount\":1.10, \"x\":1e3,\"to\":[ \"a\",\"b\" ]}",
            await TextAsync(seat));

        await Field(seat, "$.amount").FillAsync("1.1000");
        await Field(seat, "$.to[1]").FillAsync("bob");
        Assert.Equal(
            "{ \"zeta\":12345678901234567890 ,\r\n\t\"subject\" : \"\\u0041b\\/c\\\"é\","
            + "  \"amount\":1.1000, \"x\":1e3,\"to\":[ \"a\",\"bob\" ]}",
            await TextAsync(seat));
    }

    [Fact]
    public async Task Both_views_show_one_value_and_undo_goes_through_both()
    {
        const string Text = """{"subject":"Hi","amount":5,"to":[]}""";
        await using var seat = await StartAsync(Text);
        await Field(seat, "$.subject").FillAsync("Hello");

        await seat["editor-json"].ClickAsync();
        await Expect(seat.Page.Locator("#harness .cm-content")).ToHaveTextAsync("""{"subject":"Hello","amount":5,"to":[]}""");
        await seat.Page.Locator("#harness .cm-content").FocusAsync();
        await seat.Page.Keyboard.PressAsync("Control+Home");
        await seat.Page.Keyboard.PressAsync("ArrowRight");
        await seat.Page.Keyboard.InsertTextAsync("\"urgent\":true,");
        await seat["editor-form"].ClickAsync();
        await Expect(Field(seat, "$.urgent")).ToHaveValueAsync("0");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("Hello");

        await Field(seat, "$.subject").PressAsync("Control+z");
        await Expect(Field(seat, "$.urgent")).ToHaveCountAsync(0);
        await Field(seat, "$.subject").PressAsync("Control+z");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("Hi");
        Assert.Equal(Text, await TextAsync(seat));
        await Field(seat, "$.subject").PressAsync("Control+Shift+z");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("Hello");
    }

    [Fact]
    public async Task A_text_that_is_no_JSON_or_says_a_key_twice_is_left_to_the_text_view()
    {
        await using var seat = await StartAsync("""{"subject":"Hi","subject":"Ho"}""");
        await Expect(seat.Page.Locator("#harness")).ToContainTextAsync("The JSON text isn’t valid now");
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Show the JSON text" }).ClickAsync();
        await Expect(seat.Page.Locator("#harness .cm-content")).ToBeFocusedAsync();

        await seat.Page.Keyboard.PressAsync("Control+a");
        await seat.Page.Keyboard.InsertTextAsync("{\"subject\":");
        await seat["editor-form"].ClickAsync();
        await Expect(seat.Page.Locator("#harness")).ToContainTextAsync("The JSON text isn’t valid now");
        Assert.Equal("{\"subject\":", await TextAsync(seat));
    }

    [Fact]
    public async Task A_key_that_the_schema_does_not_know_is_shown_and_edited_like_any_other()
    {
        await using var seat = await StartAsync("""{"subject":"s","to":[],"extra":{"deep":[1,{"odd key\u202e":"x"}],"none":null}}""");

        await Expect(seat.Page.Locator("#harness")).ToContainTextAsync("Not in the schema.");
        await Expect(Field(seat, "$.extra.deep[0]")).ToHaveValueAsync("1");
        await Field(seat, "$.extra.deep[1][\\\"odd key\\\\u202e\\\"]").FillAsync("y");
        Assert.Equal("""{"subject":"s","to":[],"extra":{"deep":[1,{"odd key\u202e":"y"}],"none":null}}""", await TextAsync(seat));
        await Expect(seat.Page.Locator("#harness")).ToContainTextAsync("odd key[U+202E]");

        await seat.Page.Locator("#harness [data-testid=form-kind][data-path='$.extra.none']").SelectOptionAsync("number");
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Remove extra", Exact = true }).ClickAsync();
        Assert.Equal("""{"subject":"s","to":[]}""", await TextAsync(seat));

        await seat.Page.GetByLabel("Name of a new field in Payload").FillAsync("subject");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(seat.Page.Locator("#harness")).ToContainTextAsync("There is a field of this name already.");
        await seat.Page.GetByLabel("Name of a new field in Payload").FillAsync("<b>");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(Field(seat, "$[\\\"<b>\\\"]")).ToBeFocusedAsync();
        Assert.Equal("""{"subject":"s","to":[],"<b>": ""}""", await TextAsync(seat));
    }

    [Fact]
    public async Task What_is_absent_is_added_lists_are_reordered_and_null_is_said_by_name()
    {
        await using var seat = await StartAsync("{\n  \"subject\": \"s\",\n  \"to\": [\n    \"a\",\n    \"b\"\n  ],\n  \"note\": null\n}");

        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Add Address", Exact = true }).ClickAsync();
        await Expect(Field(seat, "$.address.city")).ToBeFocusedAsync();
        await seat.Page.Keyboard.TypeAsync("Rome");
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Move Item 1 of To up", Exact = true }).ClickAsync();
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Add an item to To" }).ClickAsync();
        await Expect(Field(seat, "$.to[2]")).ToBeFocusedAsync();
        await seat.Page.Keyboard.TypeAsync("c");
        await Field(seat, "$.note").FillAsync("n");
        Assert.Equal(
            "{\n  \"subject\": \"s\",\n  \"to\": [\n    \"b\",\n    \"a\",\n    \"c\"\n  ],\n  \"note\": \"n\",\n"
            + "  \"address\": {\n    \"city\": \"Rome\"\n  }\n}",
            await TextAsync(seat));

        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Note: null" }).ClickAsync();
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Remove address", Exact = true }).ClickAsync();
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Remove Item 0 of To", Exact = true }).ClickAsync();
        Assert.Equal("{\n  \"subject\": \"s\",\n  \"to\": [\n    \"a\",\n    \"c\"\n  ],\n  \"note\": null\n}", await TextAsync(seat));
    }

    [Fact]
    public async Task Eighty_variants_are_found_by_typing_and_only_the_chosen_ones_fields_are_there()
    {
        var variants = Enumerable.Range(0, 80).Select(i => $$$"""{"title":"Task {{{i}}}","type":"object","properties":{"type":{"const":"t{{{i}}}"},"field{{{i}}}":{"type":"string"},"common":{"type":"string"}},"required":["type","field{{{i}}}"]}""");
        var schema = $$$"""{"type":"object","properties":{"task":{"title":"Task","oneOf":[{{{string.Join(',', variants)}}}]}},"required":["task"]}""";
        await using var seat = await StartAsync("""{"task":{"type":"t3","field3":"x","common":12345678901234567890,"mine":1.0}}""", schema);
        var box = seat.Page.GetByRole(AriaRole.Combobox, new() { Name = "Variant of Task" });
        await Expect(box).ToHaveValueAsync("Task 3");
        await Expect(seat["form-field"]).ToHaveCountAsync(4);

        await box.FillAsync("task 77");
        await Expect(seat.Page.Locator("#harness [role=option]")).ToHaveTextAsync(["Task 77 t77"]);
        await box.PressAsync("Enter");

        await Expect(Field(seat, "$.task.field77")).ToBeVisibleAsync();
        await Expect(Field(seat, "$.task.type")).ToHaveValueAsync("t77");
        Assert.Equal("""{"task":{"type":"t77","common":12345678901234567890,"mine":1.0,"field77": ""}}""", await TextAsync(seat));
        await Field(seat, "$.task.field77").PressAsync("Control+z");
        await Expect(box).ToHaveValueAsync("Task 3");
    }

    [Fact]
    public async Task A_half_typed_number_stays_out_of_the_text_and_is_a_fault_until_it_is_one()
    {
        await using var seat = await StartAsync("""{"subject":"s","to":[],"amount":5}""");

        await Field(seat, "$.amount").FillAsync("5,");
        await Expect(Field(seat, "$.amount")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(Field(seat, "$.amount")).ToHaveAccessibleDescriptionAsync(new Regex("must be a number"));
        await Expect(seat.Page.Locator("#harness"))
            .ToHaveAttributeAsync("data-checked", new Regex("\"pending\":\\[\\{\"path\":\"\\$.amount\""));
        Assert.Equal("""{"subject":"s","to":[],"amount":5}""", await TextAsync(seat));

        await Field(seat, "$.amount").FillAsync("12345678901234567890.50");
        await Expect(Field(seat, "$.amount")).ToHaveAttributeAsync("aria-invalid", "false");
        await Expect(seat.Page.Locator("#harness")).ToHaveAttributeAsync("data-checked", new Regex("\"pending\":\\[\\]"));
        Assert.Equal("""{"subject":"s","to":[],"amount":12345678901234567890.50}""", await TextAsync(seat));
    }

    [Fact]
    public async Task Faults_stand_at_their_fields_and_characters_that_hide_are_named()
    {
        await using var seat = await StartAsync("""{"subject":"invoice\u202egpj.exe","to":["x"]}""", refused: """[{"path":"$.to[0]","message":"must be an address"},{"path":"$.amount","message":"is missing"}]""");

        await Expect(Field(seat, "$.subject")).ToHaveAccessibleDescriptionAsync(new Regex("U\\+202E"));
        await Expect(Field(seat, "$.to[0]")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(Field(seat, "$.to[0]")).ToHaveAccessibleDescriptionAsync("must be an address");
        await Expect(seat.Page.GetByRole(AriaRole.Group, new() { Name = "Payload", Exact = true })).ToContainTextAsync("amount is missing");
    }

    [Fact]
    public async Task What_was_typed_survives_a_reload_until_it_is_forgotten()
    {
        const string Text = """{"subject":"s","to":[]}""";
        await using var seat = await StartAsync(Text, draftKey: "draft-1");
        await Field(seat, "$.subject").FillAsync("typed while nobody listened");
        await seat.Page.ReloadAsync();

        await OpenEditorAsync(seat, Text, Order, "form", draftKey: "draft-1");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("typed while nobody listened");
        await Expect(seat.Page.Locator("#harness")).ToHaveAttributeAsync("data-checked", new Regex("typed while"));
        await seat.Page.EvaluateAsync("editor.dispose()");
        await OpenEditorAsync(seat, """{"subject":"changed elsewhere","to":[]}""", Order, "form", draftKey: "draft-1");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("changed elsewhere");
        await seat.Page.EvaluateAsync("editor.dispose()");
        await OpenEditorAsync(seat, Text, Order, "form", draftKey: "draft-1");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("typed while nobody listened");

        await seat.Page.EvaluateAsync("editor.forget()");
        await seat.Page.ReloadAsync();
        await OpenEditorAsync(seat, Text, Order, "form", draftKey: "draft-1");
        await Expect(Field(seat, "$.subject")).ToHaveValueAsync("s");
    }

    [Fact]
    public async Task A_megabyte_opens_in_a_form_at_once_shows_a_part_and_gives_the_rest_on_demand()
    {
        var text = "{\"subject\":\"s\",\"amount\":12345678901234567890,\"to\":[\n"
            + $"{string.Join(",\n", Enumerable.Range(0, 9_000).Select(i => $"\"line {i} {new string('x', 90)}\""))}"
            + $"],\"long\":\"{new string('y', 30_000)}\"}}";
        await using var seat = await StartAsync(text);

        await Expect(Field(seat, "$.to[49]")).ToHaveCountAsync(1);
        await Expect(Field(seat, "$.to[50]")).ToHaveCountAsync(0);
        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Show 50 more of 8,950 that are left" }).ClickAsync();
        await Expect(Field(seat, "$.to[50]")).ToBeFocusedAsync();
        await Field(seat, "$.to[50]").FillAsync("z");
        Assert.Equal(text.Replace($"line 50 {new string('x', 90)}", "z", StringComparison.Ordinal), await TextAsync(seat));

        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Edit in JSON: long" }).ClickAsync();
        await Expect(seat.Page.Locator("#harness .cm-content")).ToBeFocusedAsync();

        // A key costs little, though the text is long; what a machine under load makes of it is not for a test to say.
        var times = await seat.Page.EvaluateAsync<double[]>(
            """
            (async () => {
              const times = []
              for (let i = 0; i < 20; i++) {
                const start = performance.now()
                document.execCommand("insertText", false, " ")
                await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
                times.push(performance.now() - start)
              }
              return [timing.open, ...times]
            })()
            """);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Opened in {times[0]:F0} ms, {times[1..].Order().ElementAt(10):F0} ms a key, {times[1..].Max():F0} ms at most");
        Assert.InRange(times[0], 0, 5_000);
        Assert.InRange(times[1..].Order().ElementAt(10), 0, 500);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 320)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task The_form_is_accessible_in_both_themes_and_reflows(ColorScheme theme, int width)
    {
        await using var seat = await StartAsync(
            """{"subject":"a\u200bb","to":["x","y"],"amount":1,"urgent":true,"note":null,"method":"GET","version":2,"address":{"city":"Rome"},"tree":{"name":"r","children":[{"name":"c"}]},"extra":{"a very long key without any blank in it at all, so to say":[1,null,false]}}""",
            refused: """[{"path":"$.to[0]","message":"must be an address"}]""", options: new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 } });
        await Field(seat, "$.amount").FillAsync("x");
        await Expect(Field(seat, "$.to[0]")).ToHaveAttributeAsync("aria-invalid", "true");

        await seat.CheckAccessibilityAsync();

        Assert.Equal(
            0,
            await seat.Page.EvaluateAsync<int>(
                "document.querySelector('#harness .form').scrollWidth - document.querySelector('#harness .form').clientWidth"));
        Assert.Equal("[]", await seat.Page.EvaluateAsync<string>(
            "JSON.stringify([...document.querySelectorAll('#harness :is(button, input, select, textarea)')]"
            + ".filter(e => e.checkVisibility() && (e.offsetHeight < 24 || e.offsetWidth < 24)).map(e => e.outerHTML))"));
        await seat.ScreenshotAsync($"form-{theme}-{width}");
    }

    static ILocator Field(Seat seat, string path) => seat.Page.Locator($"#harness [data-testid=form-field][data-path=\"{path}\"]");

    static Task<string> TextAsync(Seat seat) => seat.Page.EvaluateAsync<string>("new TextDecoder().decode(editor.read())");

    async Task<Seat> StartAsync(
        string text,
        string schema = Order,
        string view = "form",
        string? draftKey = null,
        string refused = "[]",
        BrowserNewContextOptions? options = null)
    {
        var seat = await OpenAsync("/auto-approvals", options);
        await OpenEditorAsync(seat, text, schema, view, draftKey, refused);
        return seat;
    }

    /// <summary>Opens an editor on a page that has none, with a server of its own.</summary>
    static async Task OpenEditorAsync(Seat seat, string text, string schema, string view, string? draftKey = null, string refused = "[]")
    {
        await seat.Page.GetByRole(AriaRole.Heading, new() { Name = "Auto-approvals" }).WaitForAsync();
        // Only then the page is drawn for good, and keeps what a test puts on it.
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "live");
        await seat.Page.EvaluateAsync(
            """
            async ({ text, schema, view, words, draftKey, refused }) => {
              document.getElementById("harness")?.remove()
              const frame = document.createElement("div")
              frame.id = "harness"
              frame.className = "editor"
              document.querySelector("main").append(frame)
              const host = document.createElement("div")
              host.className = "editor-host"
              frame.append(host)
              DotNet.createJSStreamReference = bytes => bytes
              const owner = { invokeMethodAsync: async (_, bytes, pending) => {
                frame.dataset.checked = JSON.stringify({ text: new TextDecoder().decode(bytes), pending })
                return JSON.parse(refused)
              } }
              const { open } = await import("/editor/payload-editor.js")
              const source = { arrayBuffer: async () => new TextEncoder().encode(text).buffer }
              const start = performance.now()
              globalThis.editor = await open(host, source, owner, "Payload", { schema, view, words: JSON.parse(words), draftKey, draftBase: "base" })
              host.offsetHeight
              globalThis.timing = { open: performance.now() - start }
            }
            """,
            new { text, schema, view, words = JsonSerializer.Serialize(EditorWords.All), draftKey, refused });
    }
}
