using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Inbox;

/// <summary>
/// What the inbox's page and the browser tell each other; on the other side <c>js/inbox.js</c> and <c>js/inbox/bridge.js</c>.
/// </summary>
sealed class InboxBridge(InboxPage page) : IAsyncDisposable
{
    DotNetObjectReference<InboxBridge>? _self;
    readonly BrowserPart _browser = new();

    /// <summary>True once the browser can be told something.</summary>
    public bool IsOpen => _browser.It is not null;

    /// <summary>From now on the browser tells what the reader does, and what they have done already.</summary>
    /// <param name="js">The browser.</param>
    /// <param name="script">The address of the script.</param>
    /// <param name="root">The element of the inbox.</param>
    /// <param name="options">How the reader wants to be told of what is new.</param>
    public async Task OpenAsync(IJSRuntime js, string script, ElementReference root, NewsOptions options)
    {
        _self = DotNetObjectReference.Create(this);
        await _browser.OpenAsync(js, script, "own", root, _self, options);
    }

    /// <summary>Makes a review current, other than by the reader's own move.</summary>
    public ValueTask ShowAsync(string nodeExecId, bool takesFocus) => TellAsync("show", nodeExecId, takesFocus);

    /// <summary>Goes on from a review that was decided by other means than its own button, or whose decision was looked at.</summary>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="decided">Others that were decided with it.</param>
    public ValueTask AdvanceAsync(string nodeExecId, IReadOnlyCollection<string> decided) => TellAsync("advance", nodeExecId, decided);

    /// <summary>Brings a review into sight that is so far down the list, in pixels.</summary>
    public ValueTask SeekAsync(string nodeExecId, int top) => TellAsync("seek", nodeExecId, top);

    /// <summary>Takes back a tick that was made in the browser, and is not there as far as the server knows.</summary>
    public ValueTask UntickAsync(string nodeExecId) => TellAsync("untick", nodeExecId);

    /// <summary>The reader wants to be told in another way.</summary>
    public ValueTask ConfigureAsync(NewsOptions options) => TellAsync("configure", options);

    /// <summary>Tells the reader of what is new.</summary>
    public ValueTask AnnounceAsync(string count, string words) => TellAsync("announce", count, words);

    // What the browser can't be told yet, it is told when it opens, or sees on the page; one that is gone needs to be told nothing.
    async ValueTask TellAsync(string what, params object?[] args)
    {
        try
        {
            if (_browser.It is { } browser)
                await browser.InvokeVoidAsync(what, args);
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
        }
    }

    /// <summary>Whether there is room beside the list.</summary>
    [JSInvokable]
    public Task WideAsync(bool isWide) => page.WideAsync(isWide);

    /// <summary>The reader has moved to a review.</summary>
    [JSInvokable]
    public void Moved(string nodeExecId) => page.Moved(nodeExecId);

    /// <summary>The reader has come to rest at a review.</summary>
    [JSInvokable]
    public string[]? Rested(string nodeExecId) => page.Rested(nodeExecId);

    /// <summary>The reader has scrolled the list.</summary>
    [JSInvokable]
    public Task ScrolledAsync(int top, int height) => page.ScrolledAsync(top, height);

    /// <summary>Whether the list may move.</summary>
    [JSInvokable]
    public Task AtRestAsync(bool atRest) => page.AtRestAsync(atRest);

    /// <summary>The reader selects a review, or all from one to another.</summary>
    [JSInvokable]
    public Task SelectAsync(string nodeExecId, bool on, string? from) => page.SelectAsync(nodeExecId, on, from);

    /// <summary>The reader selects nothing.</summary>
    [JSInvokable]
    public void SelectedNone() => page.SelectedNone();

    /// <summary>The reader leaves the comparison.</summary>
    [JSInvokable]
    public void CompareEnd() => page.CompareEnd();

    /// <summary>The reader goes to another address.</summary>
    [JSInvokable]
    public void Go(string address) => page.Go(address);

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

/// <summary>How a reader wants to be told of what is new.</summary>
/// <param name="Sounds">With a sound.</param>
/// <param name="Notifies">With a notification of the desktop.</param>
sealed record NewsOptions(bool Sounds, bool Notifies);
