using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Commands;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Events;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Copilot;

/// <summary>
/// One chat, as the database has it, and what is being written in it. Give it a <c>@key</c> of the session id. What is typed belongs to the
/// browser until it is sent: nothing that the server draws can overwrite it.
/// </summary>
public sealed partial class ChatView
{
    const int Page = 50;
    const int MaxEdited = 8_000; // what is typed there comes whole with each letter

    readonly ComposerBridge _browser;
    ElementReference _composer;
    CopilotSession _session = null!;
    IReadOnlyList<CopilotMessage> _messages = [];
    IReadOnlyList<QueuedMessage> _queue = [];
    LiveTurn? _turn;
    UsageOfDay? _usage;
    TimeSpan _undoWindow;
    TurnState? _heard;
    bool _hasEarlier, _opened;
    string? _refusal, _editing;
    string _said = "", _edited = "";

    /// <summary>A chat that is there from now on.</summary>
    public ChatView() => _browser = new(this);

    [Inject]
    Chats Chats { get; set; } = null!;

    [Inject]
    LiveTurns LiveTurns { get; set; } = null!;

    [Inject]
    Assistant Assistant { get; set; } = null!;

    [Inject]
    Usage Usage { get; set; } = null!;

    [Inject]
    Preferences PreferencesOf { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    [Inject]
    IJSRuntime Js { get; set; } = null!;

    /// <summary>The chat.</summary>
    [Parameter, EditorRequired]
    public required string SessionId { get; set; }

    bool MayRetry => _session.TurnState is TurnState.stopped or TurnState.interrupted or TurnState.failed && _messages.Count > 0;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken gone)
    {
        _undoWindow = TimeSpan.FromSeconds((await PreferencesOf.GetAsync(Caller, gone)).UndoSeconds);
        var page = await Chats.ReadAsync(Caller, SessionId, null, Page, gone);
        Take(page, page.Messages, page.HasEarlier);
        _usage = await Usage.ReadAsync(Caller, gone);
    }

    /// <inheritdoc/>
    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        if (changes.Any(change => change is PreferencesChanged))
            _undoWindow = TimeSpan.FromSeconds((await PreferencesOf.GetAsync(Caller, gone)).UndoSeconds);
        var ours = changes.OfType<ChatChanged>().Where(change => change.SessionId == SessionId).ToList();
        if (ours.Count == 0)
            return false;
        // What was complete stays so, unless it is said: only what comes behind it can be new.
        var from = _messages.FirstOrDefault(message => message.EndedAt is null || message.IsHeld)?.Seq
            ?? (_messages.Count > 0 ? _messages[^1].Seq : 0) + 1;
        from = Math.Max(Math.Min(from, ours.Min(change => change.From) ?? from), _messages.Count > 0 ? _messages[0].Seq : 1);
        try
        {
            var page = await Chats.ReadFromAsync(Caller, SessionId, from, gone);
            // So much has come that only the latest of it is shown.
            if (page.Messages.Count == Chats.MaxPage)
            {
                await LoadAsync(gone);
                return true;
            }
            var (wasRunning, waited) = (_session.TurnState == TurnState.running, _queue);
            Take(page, [.. _messages.TakeWhile(message => message.Seq < from), .. page.Messages.Select(Known)], _hasEarlier);
            if (wasRunning && _session.TurnState != TurnState.running)
            {
                _usage = await Usage.ReadAsync(Caller, gone);
                // What waited was given back. A browser that doesn't answer now finds it when it comes again.
                var given = waited.Where(message => message.SaidBy is null && _queue.All(other => other.Id != message.Id)).ToList();
                if (_opened && _session.TurnState != TurnState.done && given.Count > 0)
                    _ = _browser.GiveBackAsync(string.Join("\n\n", given.Select(message => message.Text)));
            }
        }
        catch (RefusedException e) when (e.Refusal == Refusal.NotFound)
        {
            // Deleted, perhaps in another window.
            _refusal = Texts.ChatGone;
        }
        return true;
    }

    /// <summary>A message that is as it was is the same object, so that nothing of it is drawn anew.</summary>
    CopilotMessage Known(CopilotMessage read) => _messages.FirstOrDefault(message => message.Seq == read.Seq) is { } known
        && known.EndedAt == read.EndedAt && known.IsHeld == read.IsHeld && known.ReviewId == read.ReviewId && known.CutOff == read.CutOff
        && known.Output?.Length == read.Output?.Length ? known : read;

    void Take(ChatPage page, IReadOnlyList<CopilotMessage> messages, bool hasEarlier)
    {
        (_session, _messages, _queue, _hasEarlier) = (page.Session, messages, page.Queue, hasEarlier);
        // What is changed of a message that has just been said is not lost: it may be said anew.
        if (_editing is not null && _queue.All(queued => queued.Id != _editing))
        {
            if (_opened)
                _ = _browser.GiveBackAsync(_edited);
            _editing = null;
        }
        _turn = LiveTurns.Find(SessionId) is { } turn && turn.TurnId == _session.TurnId ? turn : null;
        Tell();
    }

    /// <summary>Says once, to who listens to the page, what a look at it shows.</summary>
    void Tell()
    {
        if (_session.TurnState == _heard)
            return;
        if (Loaded)
            _said = _session.TurnState switch
            {
                TurnState.running => Texts.ChatSaidStarted,
                _ when _messages.Any(message => message.IsHeld) => Texts.ChatSaidWaiting,
                TurnState.done => Texts.ChatSaidFinished,
                _ => Texts.ChatSaidCutOff,
            };
        _heard = _session.TurnState;
    }

    /// <summary>One review has one card, where its call stands last.</summary>
    bool ShowsCard(CopilotMessage message) =>
        message is { Kind: MessageKind.tool_call, ReviewId: { } review, EndedAt: not null }
        && _messages.Last(other => other.Kind == MessageKind.tool_call && other.ReviewId == review) == message;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Problem is not null)
            _opened = false;
        if (!Loaded || _opened || Problem is not null)
            return;
        _opened = true;
        await _browser.OpenAsync(Js, $"./{Assets["js/chat.js"]}", _composer, _session.Draft);
    }

    async Task EarlierAsync()
    {
        var page = await Chats.ReadAsync(Caller, SessionId, _messages[0].Seq, Page, Gone);
        (_messages, _hasEarlier) = ([.. page.Messages, .. _messages], page.HasEarlier);
    }

    /// <summary>Sends what was typed.</summary>
    /// <returns>Why it can't be sent; null if it is.</returns>
    internal async Task<string?> SendAsync(string id, string text)
    {
        try
        {
            await Chats.SendAsync(Caller, SessionId, id, text, CancellationToken.None);
            return null;
        }
        catch (RefusedException e)
        {
            return e.Message;
        }
    }

    /// <summary>Keeps what is being typed.</summary>
    internal async Task SaveDraftAsync(string text)
    {
        try
        {
            await Chats.SaveDraftAsync(Caller, SessionId, text, CancellationToken.None);
        }
        catch (RefusedException e)
        {
            _refusal = e.Message;
            StateHasChanged();
        }
    }

    /// <summary>What was said last, to say it again in other words.</summary>
    internal string? LastSaid() => _messages.LastOrDefault(message => message is { Kind: MessageKind.user, SaidBy: null })?.Text;

    /// <summary>How a command that is being typed can go on.</summary>
    internal IReadOnlyList<Completion> Complete(string text) => Completion.Of(text, Blocks);

    Task StopAsync() => DoAsync(() => Chats.StopTurnAsync(Caller, SessionId, CancellationToken.None));

    Task TryAgainAsync() => DoAsync(() => Chats.RetryAsync(Caller, SessionId, CancellationToken.None));

    void BeginEdit(QueuedMessage queued) => (_editing, _edited) = (queued.Id, queued.Text);

    Task EditAsync(string id) => DoAsync(async () =>
    {
        await Chats.EditAsync(Caller, SessionId, id, _edited, CancellationToken.None);
        _editing = null;
    });

    Task WithdrawAsync(string id) => DoAsync(() => Chats.WithdrawAsync(Caller, SessionId, id, CancellationToken.None));

    Task SendNowAsync(string id) => DoAsync(() => Chats.SendNowAsync(Caller, SessionId, id, CancellationToken.None));

    async Task DoAsync(Func<Task> act)
    {
        _refusal = null;
        try
        {
            await act();
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refusal = Words(e);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _browser.Close();
        await base.DisposeAsync();
        await _browser.DisposeAsync();
    }
}
