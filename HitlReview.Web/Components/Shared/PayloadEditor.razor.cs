using System.Text;
using HitlReview.Core;
using HitlReview.Core.Payloads;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Shared;

/// <summary>
/// Edits a JSON text in the browser (CodeMirror, see <c>editor/</c>). The text goes there and comes back as a stream and is never
/// serialised anew; what the person leaves alone comes back to the byte.
/// </summary>
public sealed partial class PayloadEditor : IAsyncDisposable
{
    /// <summary>The most bytes taken from the browser; more than a payload may have, so that a text laid out over lines still gets here to be judged.</summary>
    const long MaxBytes = 8_000_000;

    const int LongLine = 60;

    ElementReference _host;
    DotNetObjectReference<PayloadEditor>? _self;
    IJSObjectReference? _module, _editor;
    PayloadDraft? _draft;
    string _opened = "";
    bool _locked;

    [Inject]
    IJSRuntime Js { get; set; } = null!;

    /// <summary>The text to start from. It is read once: an editor never changes under the hand.</summary>
    [Parameter, EditorRequired]
    public required JsonText Original { get; set; }

    /// <summary>What else a text must keep to beside being JSON.</summary>
    [Parameter]
    public Func<JsonText, IReadOnlyList<SchemaFault>>? Check { get; set; }

    /// <summary>The name of the text, for those who can't see where it stands.</summary>
    [Parameter]
    public string Label { get; set; } = "Payload as JSON";

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
        null or { Touched: false } => "Unchanged",
        { Faults: [var fault] } => $"{fault.Path} {fault.Message}",
        { Faults: [var fault, ..] faults } => $"{fault.Path} {fault.Message}, and {PayloadView.Count(faults.Count - 1, "more fault")}",
        _ when JsonText.SameValue(_draft.Json!, Original) => "Same value as the original",
        _ => "Edited",
    };

    /// <summary>What stands in the editor at this moment, also if the person has typed only just now.</summary>
    public async Task<PayloadDraft> ReadAsync(CancellationToken ct)
    {
        if (_editor is null)
            return Judge(_opened);
        await using var stream = await _editor.InvokeAsync<IJSStreamReference>("read", ct);
        return await TakeAsync(stream, ct);
    }

    /// <summary>Called by the editor after a pause in typing.</summary>
    /// <returns>The faults, to be marked at their places.</returns>
    [JSInvokable]
    public async Task<IReadOnlyList<SchemaFault>> CheckAsync(IJSStreamReference text) => (await TakeAsync(text, CancellationToken.None)).Faults;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            // One long line can't be edited with care. Only white space is added, and as long as nothing is typed none of it counts.
            _opened = Original.Text.Length > LongLine && !Original.Text.Contains('\n', StringComparison.Ordinal) ? JsonLayout.Indent(Original.Text) : Original.Text;
            _self = DotNetObjectReference.Create(this);
            _module = await Js.InvokeAsync<IJSObjectReference>("import", $"./{Assets["editor/payload-editor.js"]}");
            using var source = Stream(_opened);
            _editor = await _module.InvokeAsync<IJSObjectReference>("open", _host, source, _self, Label);
            if (TakesFocus)
                await _editor.InvokeVoidAsync("focus");
        }
        if (_editor is not null && _locked != Locked)
        {
            _locked = Locked;
            await _editor.InvokeVoidAsync("lock", Locked);
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
        await _editor!.InvokeVoidAsync("replace", source);
        await _editor!.InvokeVoidAsync("focus");
    }

    async Task<PayloadDraft> TakeAsync(IJSStreamReference text, CancellationToken ct)
    {
        if (text.Length > MaxBytes)
            return await KeepAsync(new("", null, [new("$", "is larger than a payload may be")], Touched: true));
        await using var stream = await text.OpenReadStreamAsync(MaxBytes, ct);
        using var bytes = new MemoryStream((int)text.Length);
        await stream.CopyToAsync(bytes, ct);
        return await KeepAsync(Judge(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)));
    }

    async Task<PayloadDraft> KeepAsync(PayloadDraft draft)
    {
        _draft = draft;
        StateHasChanged();
        await OnChanged.InvokeAsync(draft);
        return draft;
    }

    PayloadDraft Judge(string text)
    {
        if (text == _opened || text == Original.Text)
            return new(text, Original, [], Touched: false);
        try
        {
            var json = JsonText.Parse(text, "The text");
            return new(text, json, Check?.Invoke(json) ?? [], Touched: true);
        }
        catch (RefusedException e)
        {
            return new(text, null, [new("", e.Message)], Touched: true);
        }
    }

    static DotNetStreamReference Stream(string text) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        try
        {
            if (_editor is not null)
            {
                await _editor.InvokeVoidAsync("dispose");
                await _editor.DisposeAsync();
            }
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the editor with it.
        }
    }
}
