using System.Text;
using HitlReview.Core.Copilot.Commands;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Copilot;

/// <summary>What a chat and the field in which one types tell each other; on the other side <c>js/chat.js</c>.</summary>
sealed class ComposerBridge(ChatView chat) : IAsyncDisposable
{
    const int MaxBytes = 4 * Chats.MaxDraft;

    DotNetObjectReference<ComposerBridge>? _self;
    readonly BrowserPart _browser = new();

    /// <summary>From now on the browser tells what is typed and sent, and what it has kept of that already.</summary>
    /// <param name="js">The browser.</param>
    /// <param name="script">The address of the script.</param>
    /// <param name="composer">The element.</param>
    /// <param name="draft">What had been typed before, as it was kept here; null for nothing.</param>
    public async Task OpenAsync(IJSRuntime js, string script, ElementReference composer, string? draft)
    {
        _self?.Dispose();
        _self = DotNetObjectReference.Create(this);
        await _browser.OpenAsync(js, script, "own", composer, _self, draft);
    }

    /// <summary>Gives back what had been typed and was not said.</summary>
    public async Task GiveBackAsync(string draft)
    {
        try
        {
            if (_browser.It is not null)
                await _browser.It.InvokeVoidAsync("giveBack", draft);
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            // It is with what the chat keeps of what was typed.
        }
    }

    /// <summary>Something is to be said.</summary>
    /// <returns>Why it can't be; null if it is.</returns>
    [JSInvokable]
    public async Task<string?> SendAsync(string id, IJSStreamReference text) => await chat.SendAsync(id, await ReadAsync(text));

    /// <summary>Something is being typed.</summary>
    [JSInvokable]
    public async Task DraftAsync(IJSStreamReference text) => await chat.SaveDraftAsync(await ReadAsync(text));

    /// <summary>How a command can go on.</summary>
    [JSInvokable]
    public IReadOnlyList<Completion> Complete(string text) => chat.Complete(text);

    /// <summary>What was said last.</summary>
    [JSInvokable]
    public string? LastSaid() => chat.LastSaid();

    static async Task<string> ReadAsync(IJSStreamReference text)
    {
        await using (text)
        await using (var stream = await text.OpenReadStreamAsync(MaxBytes))
        using (var reader = new StreamReader(stream, Encoding.UTF8))
            return await reader.ReadToEndAsync();
    }

    /// <summary>From now on the browser tells nothing more.</summary>
    public void Close()
    {
        _browser.Close();
        _self?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _browser.DisposeAsync();
    }
}
