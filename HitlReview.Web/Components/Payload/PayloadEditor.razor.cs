using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Payload;

/// <summary>
/// Edits a JSON text in the browser, as text and, where a schema says of what, in a form (see <c>editor/</c>). The text goes there and
/// comes back as a stream and is never serialised anew; what the person leaves alone comes back to the byte.
/// </summary>
public sealed partial class PayloadEditor : IAsyncDisposable
{
    /// <summary>
    /// The most bytes taken from the browser; more than a payload may have, so that a text laid out over lines still gets here to be
    /// judged.
    /// </summary>
    const long MaxBytes = 8_000_000;

    const int LongLine = 60;

    ElementReference _host;
    DotNetObjectReference<PayloadEditor>? _self;
    readonly BrowserPart _browser = new();
    PayloadDraft? _draft;
    string _opened = "", _start = "";
    bool _locked;

    IJSObjectReference? Editor => _browser.It;

    [Inject]
    IJSRuntime Js { get; set; } = null!;

    /// <summary>
    /// The text that "unchanged" and "reset" refer to, and to start from if there is no other. It is read once: an editor never changes
    /// under the hand.
    /// </summary>
    [Parameter, EditorRequired]
    public required JsonText Original { get; set; }

    /// <summary>The text to start from where it isn't the original: a draft. Read once too.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>What the text is to keep to, for a form of it. Null: nobody has said, and the form is of what is there.</summary>
    [Parameter]
    public PayloadSchema? Schema { get; set; }

    /// <summary>Makes what the text is completed by, where that isn't what it must keep to. Asked once too.</summary>
    [Parameter]
    public Func<PayloadSchema>? Completes { get; set; }

    /// <summary>
    /// The name under which the browser keeps a copy of what is typed, for the case that the connection is lost; null for no copy.
    /// </summary>
    [Parameter]
    public string? DraftKey { get; set; }

    /// <summary>What else a text must keep to beside being JSON.</summary>
    [Parameter]
    public Func<JsonText, CancellationToken, ValueTask<IReadOnlyList<SchemaFault>>>? Check { get; set; }

    /// <summary>The name of the text, for those who can't see where it stands.</summary>
    [Parameter]
    public string Label { get; set; } = Texts.PayloadAsJson;

    /// <summary>True to take the focus once it is there: the person asked for it.</summary>
    [Parameter]
    public bool TakesFocus { get; set; }

    /// <summary>True while nothing may be typed.</summary>
    [Parameter]
    public bool Locked { get; set; }

    /// <summary>Told what stands in the editor after each pause in typing.</summary>
    [Parameter]
    public EventCallback<PayloadDraft> OnChanged { get; set; }

    string State => _draft switch
    {
        null or { Touched: false } => Texts.EditorUnchanged,
        { Faults: [var fault] } => $"{fault.Path} {fault.Message}",
        { Faults: [var fault, ..] faults } =>
            $"{fault.Path} {fault.Message}, {Say.Count(faults.Count - 1, Texts.EditorMoreFaults_One, Texts.EditorMoreFaults_Many)}",
        _ when JsonText.SameValue(_draft.Json!, Original) => Texts.EditorSameValue,
        _ => Texts.EditorEdited,
    };

    /// <summary>What stands in the editor at this moment, also if the person has typed only just now.</summary>
    public async Task<PayloadDraft> ReadAsync(CancellationToken ct)
    {
        if (Editor is null)
            return await JudgeAsync(_start.Length > 0 ? _start : Text ?? Original.Text, ct);
        var pending = await Editor.InvokeAsync<SchemaFault[]>("pending", ct);
        await using var stream = await Editor.InvokeAsync<IJSStreamReference>("read", ct);
        return await TakeAsync(stream, pending, ct);
    }

    /// <summary>What stood in the editor when a button was pressed, whatever has been typed since.</summary>
    /// <returns>Null where nothing is known of the press: it was about another editor, or one that was not there yet.</returns>
    public async Task<PayloadDraft?> ReadPressedAsync(int press, CancellationToken ct)
    {
        if (Editor is null || await Editor.InvokeAsync<SchemaFault[]?>("pendingAt", ct, press) is not { } pending)
            return null;
        await using var stream = await Editor.InvokeAsync<IJSStreamReference>("readAt", ct, press);
        return await TakeAsync(stream, pending, ct);
    }

    /// <summary>Drops the copy that the browser keeps under <see cref="DraftKey"/>: what was typed is decided on, or given up.</summary>
    public async Task ForgetAsync()
    {
        if (Editor is not null)
            await Editor.InvokeVoidAsync("forget");
    }

    /// <summary>Called by the editor after a pause in typing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pending">
    /// What stands in the form and can't stand in the text. It is a fault, or somebody would approve another value than they see.
    /// </param>
    /// <returns>The faults, to be marked at their places.</returns>
    [JSInvokable]
    public async Task<IReadOnlyList<SchemaFault>> CheckAsync(IJSStreamReference text, SchemaFault[] pending) =>
        (await TakeAsync(text, pending, CancellationToken.None)).Faults;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            // One long line can't be edited with care. Only white space is added, and as long as nothing is typed none of it counts.
            _opened = Original.Text.Length > LongLine && !Original.Text.Contains('\n', StringComparison.Ordinal)
                ? JsonLayout.Indent(Original.Text)
                : Original.Text;
            _start = Text ?? _opened;
            _self = DotNetObjectReference.Create(this);
            using var source = Stream(_start);
            await _browser.OpenAsync(Js, $"./{Assets["editor/payload-editor.js"]}", "open", _host, source, _self, Label, new
            {
                schema = Schema?.Text.Text ?? InferredSchema.Of(Original),
                completes = (Completes?.Invoke() ?? Schema)?.Text.Text,
                view = "form",
                words = EditorWords.All,
                changed = _start != _opened,
                draftKey = DraftKey,
                draftBase = DraftKey is null ? null : BaseOf(Original.Text),
            });
            if (TakesFocus && Editor is { } editor)
                await editor.InvokeVoidAsync("arrive");
        }
        if (Editor is not null && _locked != Locked)
        {
            _locked = Locked;
            await Editor.InvokeVoidAsync("lock", Locked);
        }
    }

    Task ResetAsync() => ReplaceAsync(_opened);

    async Task LayOut()
    {
        if (await ReadAsync(CancellationToken.None) is { Json: not null } draft)
            await ReplaceAsync(JsonLayout.Indent(draft.Text));
    }

    async Task ReplaceAsync(string text)
    {
        using var source = Stream(text);
        await Editor!.InvokeVoidAsync("replace", source);
        await Editor!.InvokeVoidAsync("arrive");
    }

    async Task<PayloadDraft> TakeAsync(IJSStreamReference text, SchemaFault[] pending, CancellationToken ct)
    {
        if (text.Length > MaxBytes)
            return await KeepAsync(new("", null, [new("$", Texts.EditorTooLarge)], Touched: true));
        await using var stream = await text.OpenReadStreamAsync(MaxBytes, ct);
        using var bytes = new MemoryStream((int)text.Length);
        await stream.CopyToAsync(bytes, ct);
        var draft = await JudgeAsync(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length), ct);
        return await KeepAsync(pending.Length == 0 ? draft : draft with { Faults = [.. pending, .. draft.Faults], Touched = true });
    }

    async Task<PayloadDraft> KeepAsync(PayloadDraft draft)
    {
        _draft = draft;
        StateHasChanged();
        await OnChanged.InvokeAsync(draft);
        return draft;
    }

    async ValueTask<PayloadDraft> JudgeAsync(string text, CancellationToken ct)
    {
        if (text == _opened || text == Original.Text)
            return new(text, Original, [], Touched: false);
        try
        {
            var json = JsonText.Parse(text, "The text");
            return new(text, json, Check is null ? [] : await Check(json, ct), Touched: true);
        }
        catch (RefusedException e)
        {
            return new(text, null, [new("", e.Message)], Touched: true);
        }
    }

    static string BaseOf(string text) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{text.Length}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8])}");

    static DotNetStreamReference Stream(string text) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    public async ValueTask DisposeAsync()
    {
        _browser.Close();
        _self?.Dispose();
        await _browser.DisposeAsync("dispose");
    }
}
