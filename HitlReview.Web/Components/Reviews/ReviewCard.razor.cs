using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Events;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>
/// Shows one review and takes the person's decision. Give it a <c>@key</c> of the review's id: one card is about one review.
/// </summary>
public sealed partial class ReviewCard
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300); // in typing, after which it is saved

    readonly Turns _turns = new(); // so that our own saving never looks like another window's
    readonly string _id = $"card-{Guid.NewGuid():N}";
    PayloadEditor? _editor;
    PayloadView? _view;
    static readonly IReadOnlyList<(TimeSpan Time, Func<string> Words)> s_asides =
    [
        (TimeSpan.FromHours(1), () => Texts.Aside_1h), (TimeSpan.FromHours(4), () => Texts.Aside_4h),
        (TimeSpan.FromDays(1), () => Texts.Aside_1d), (TimeSpan.FromDays(3), () => Texts.Aside_3d),
        (TimeSpan.FromDays(7), () => Texts.Aside_7d),
    ];

    readonly CardDraft _draft = new();
    JsonText? _read, _before;
    (bool IsCurrent, TimeSpan UndoWindow, IReadOnlyList<string>? Reasons)? _given; // what of the parameters can change
    int _unread;
    bool _wasCurrent; // the reader has been at it
    bool _ahead, _autoApprove, _approveUnread, _acting;
    ApprovalSpan _autoApproveSpan = ApprovalSpan.run;

    [Inject]
    Presses Presses { get; set; } = null!;

    [Inject]
    Assistant Assistant { get; set; } = null!;

    [Inject]
    ReviewStore Store { get; set; } = null!;

    [Inject]
    Stopping Stopping { get; set; } = null!;

    [Inject]
    Settling Settling { get; set; } = null!;

    [Inject]
    TimeProvider Clock { get; set; } = null!;

    [Inject]
    LastWords LastWords { get; set; } = null!;

    [Inject]
    NavigationManager Navigation { get; set; } = null!;

    /// <summary>The review.</summary>
    [Parameter, EditorRequired]
    public required string NodeExecId { get; set; }

    /// <summary>How long a decision can be undone.</summary>
    [Parameter, EditorRequired]
    public required TimeSpan UndoWindow { get; set; }

    /// <summary>What the person rejects with by one more key.</summary>
    [Parameter]
    public IReadOnlyList<string> RejectReasons { get; set; } = [];

    /// <summary>True for the review that the person is at; the others are drawn ahead and not seen.</summary>
    [Parameter]
    public bool IsCurrent { get; set; } = true;

    /// <summary>True where there is a list from which the review can be put aside; js/inbox/current.js then goes on at the press.</summary>
    [Parameter]
    public bool MaySnooze { get; set; }

    /// <summary>Told once a decision stands that had to be looked at before the person could go on.</summary>
    [Parameter]
    public EventCallback<string> OnDecided { get; set; }

    /// <summary>Told once the person has put it aside.</summary>
    [Parameter]
    public EventCallback<PutAside> OnPutAside { get; set; }

    /// <summary>Told of a decision that was refused, and why, when the person may have gone on already.</summary>
    [Parameter]
    public EventCallback<RefusedDecision> OnRefused { get; set; }

    Review Review => Store.Review!;

    ShownReview Shown => Store.Shown!;

    bool IsOfChat => Review.Origin == ReviewOrigin.Copilot;

    bool MayDecide => Store.Scheduled is null && Store.Allowed.Contains(ReviewAction.approve);

    /// <summary>True if the server has to judge a decision before the page goes on: what was typed could be refused.</summary>
    bool NeedsLook => _autoApprove || _draft.Editor is not null || MessageLength > Decision.MaxMessage;

    /// <summary>The editor, where what stands in it is what would be approved.</summary>
    OpenEditor? Edited => _autoApprove ? null : _draft.Editor;

    string Message
    {
        get => _draft.Message;
        set
        {
            // The browser tells all that is typed anew after a lost connection, also of cards that nobody has come to.
            if (value == _draft.Message)
                return;
            TakeDraft(isHere: true);
            // What is told anew is no new letter: whatever is known of the message still holds.
            if (value != _draft.Message)
                _draft.Write(value);
        }
    }

    /// <summary>What was typed about a review that was decided without it; null if nothing was.</summary>
    ReviewDraft? LeftOver => Review.Status != ReviewStatus.WAITING ? Store.Draft : null;

    /// <summary>True if something is folded and was not opened. The editor folds nothing.</summary>
    bool IsUnread => _unread > 0 && Edited is null;

    int MessageLength => Message.Trim().EnumerateRunes().Count();

    /// <summary>Where the browser keeps what is typed for the case that the connection is lost; js/card.js looks there too.</summary>
    string DraftKey => $"hitl-draft-{NodeExecId}";

    string Fingerprint =>
        $"{Texts.FingerprintName} {Store.Payload.Hash[..4]} {Store.Payload.Hash[4..8]} {Store.Payload.Hash[8..12]}";

    // As a program reads it, with a key of its own. Of the same id others may have reviews too.
    string Curl
    {
        get
        {
            var whose = Review.UserId == Caller.UserId ? "" : $"?user_id={Uri.EscapeDataString(Review.UserId)}";
            return $"curl -H \"Authorization: Bearer $KEY\" '{Address($"/api/review/{Uri.EscapeDataString(NodeExecId)}{whose}")}'";
        }
    }

    string Address(string path) => Navigation.ToAbsoluteUri(path).AbsoluteUri;

    string PayloadTitle => Review.Status switch
    {
        ReviewStatus.WAITING => Shown.Schema is null ? Texts.WouldBeApproved : Texts.WouldRun,
        ReviewStatus.APPROVED => Texts.WasApproved,
        _ => Texts.WasAskedFor,
    };

    string ApproveWords => _autoApprove ? Texts.ApproveAhead : Edited is { IsTouched: true } ? Texts.ApproveWithEdit : Texts.Approve;

    /// <summary>What tests and tools find a part by: on the card that is seen only, so that each is there once.</summary>
    string? Id(string testId) => IsCurrent ? testId : null;

    protected override void OnInitialized()
    {
        LastWords.Add(KeepAsync);
        base.OnInitialized();
    }

    protected override Task LoadAsync(CancellationToken gone) => _turns.TakeAsync(async () =>
    {
        await Store.LoadAsync(Caller, NodeExecId, gone);
        await ShowAsync();
    });

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        // Our own saving is told to us too, perhaps before we know its outcome; there is nothing to read again after it.
        await _turns.TakeAsync(() => Task.CompletedTask);
        if (!changes.Any(IsNews))
            return changes.Aggregate(false, (changed, change) => Store.Follow(change) || changed);
        await LoadAsync(gone);
        return true;
    }

    bool IsNews(Change change) => change is DraftChanged draft
        ? draft.NodeExecId == NodeExecId && !_draft.Knows(draft.Revision, KeptRevision)
        : Store.Concerns(change);

    long KeptRevision => Store.Draft?.Revision ?? 0;

    /// <summary>Takes in what was read.</summary>
    async Task ShowAsync()
    {
        Read();
        if (Review.Status != ReviewStatus.WAITING)
        {
            // The last letters count too.
            await SaveNowAsync();
            await LeaveEditAsync();
        }
        _draft.Meet(KeptRevision, MayDecide, Store.Draft?.MessageOfApproval);
        TakeDraft(IsCurrent);
    }

    /// <summary>
    /// The page is drawn anew with each change of its list; the card, which may show a megabyte, only if it is given something else.
    /// </summary>
    public override Task SetParametersAsync(ParameterView parameters)
    {
        var given = (parameters.GetValueOrDefault(nameof(IsCurrent), true), parameters.GetValueOrDefault<TimeSpan>(nameof(UndoWindow)),
            parameters.GetValueOrDefault<IReadOnlyList<string>>(nameof(RejectReasons)));
        if (_given == given)
            return Task.CompletedTask;
        _given = given;
        return base.SetParametersAsync(parameters);
    }

    // A draft is opened when the person comes to it, not while the card is only drawn ahead.
    protected override void OnParametersSet()
    {
        _wasCurrent |= IsCurrent;
        if (Loaded)
            TakeDraft(IsCurrent);
    }

    /// <summary>Looks whether it is another payload than the one before the person's eyes.</summary>
    void Read()
    {
        var now = Shown.Payload;
        if (ReferenceEquals(_read, now))
            return;
        // What the person has before their eyes is not replaced by something else without a word.
        if (_read is not null && Review.Status == ReviewStatus.WAITING)
            _before ??= _read;
        _read = now;
    }

    void TakeDraft(bool isHere)
    {
        if (_draft.State == DraftState.Away && isHere && MayDecide)
            TakeKept();
    }

    void TakeKept() => _draft.Take(Store.Draft, Shown.Payload, Store.Allowed.Contains(ReviewAction.edit));

    /// <summary>Shows the draft as another window left it, instead of this one's.</summary>
    async Task TakeDraftAsync()
    {
        await ForgetAsync();
        await Store.ReadDraftAsync(Caller, Gone);
        TakeKept();
    }

    /// <summary>Saves this window's draft over the other's.</summary>
    async Task KeepDraftAsync()
    {
        await Store.ReadDraftAsync(Caller, Gone);
        _draft.Keep(KeptRevision);
        await SaveAsync();
    }

    void Changed(PayloadDraft edit)
    {
        _draft.Write(edit);
        SaveSoon();
    }

    /// <summary>The person wants the message of a decision that was taken back to go with the other kind too.</summary>
    Task SendWithEitherAsync()
    {
        _draft.Write(Message);
        return SaveAsync();
    }

    void SaveSoon() => _ = SaveSoonAsync();

    async Task SaveSoonAsync()
    {
        var typed = _draft.Typed;
        try
        {
            await Task.Delay(s_pause, Clock, Gone);
        }
        catch (OperationCanceledException)
        {
            return; // DisposeAsync saves.
        }
        if (typed != _draft.Typed)
            return;
        await SaveAsync();
        StateHasChanged();
    }

    Task SaveAsync() => _turns.TakeAsync(SaveNowAsync);

    /// <summary>The sign-in behind the page has ended: what stands in the editor at this moment counts too.</summary>
    Task KeepAsync() => InvokeAsync(async () =>
    {
        if (!Loaded || _draft.Editor is null || _editor is null)
            return;
        _draft.Write(await _editor.ReadAsync(Gone));
        await SaveAsync();
    });

    async Task SaveNowAsync()
    {
        if (Store.DecidedHere || _draft.BeginSaving() is not { } unsaved)
            return;
        try
        {
            // What was typed is kept, also if the page is left at this moment.
            _draft.Saved(await Store.SaveDraftAsync(Caller, unsaved, CancellationToken.None));
        }
        catch (RefusedException e) when (e.Refusal == Refusal.Conflict)
        {
            _draft.Overtake();
        }
        catch (Exception e)
        {
            _draft.Refuse();
            Store.Refuse(Say.With(Texts.DraftNotKept, Words(e)));
        }
    }

    // Both are carried out also if the page is left at that moment.
    Task SnoozeAsync(TimeSpan time) => TryAsync(async () =>
        await OnPutAside.InvokeAsync(
            new(NodeExecId, await Store.SnoozeAsync(Caller, time, CancellationToken.None), Clock.GetUtcNow())));

    Task BringBackAsync() => TryAsync(() => Store.BringBackAsync(Caller, CancellationToken.None));

    /// <summary>Leaves an editor in which nothing was typed. What was typed a moment ago may not have been heard of yet.</summary>
    async Task LeaveAsync()
    {
        if (_editor is not null && await _editor.ReadAsync(Gone) is { Touched: true } typed)
            Changed(typed);
        else
            await DiscardAsync();
    }

    /// <summary>Throws away what was typed.</summary>
    async Task DiscardAsync()
    {
        await LeaveEditAsync();
        if (!MayDecide)
        {
            await Store.DiscardDraftAsync(Caller, Gone);
            return;
        }
        _draft.Discard();
        await SaveAsync();
    }

    async Task LeaveEditAsync()
    {
        if (_draft.Editor is null)
            return;
        await ForgetAsync();
        _draft.Close();
    }

    async Task ForgetAsync()
    {
        if (_editor is not null)
            await _editor.ForgetAsync();
    }

    /// <summary>Shows the rarer ways to approve, or puts them away, and then none is chosen.</summary>
    void FoldAhead()
    {
        _ahead = !_ahead;
        _autoApprove &= _ahead;
    }

    Task UnfoldAsync() => _view?.UnfoldAsync() ?? Task.CompletedTask;

    async Task ApproveAsync(PressEventArgs press)
    {
        if (!Presses.IsNew(press))
            return;
        Store.Refuse(null);
        // What is heard of later, while the editor is asked, was done after the press.
        var decision = new Decision(NodeExecId, true)
        {
            Message = _draft.MessageFor(approval: true),
            AutoApproveFuture = _autoApprove,
            AutoApproveSpan = IsOfChat ? _autoApproveSpan : ApprovalSpan.run,
            PayloadHash = Shown.HashFor(press.Shown),
        };
        if (press.Typed is { } typed && !_autoApprove)
        {
            var draft = _editor is null ? null : await _editor.ReadPressedAsync(typed, Gone);
            if (draft is not { Faults: [] })
            {
                Store.Refuse(draft is { Faults: [var fault, ..] }
                    ? Say.With(Texts.EditRefused, fault.Path, fault.Message)
                    : Texts.EditGone);
                return;
            }
            decision = decision with { Edit = draft.Touched ? draft.Json : null };
        }
        await DecideAsync(decision);
    }

    Task RejectAsync(PressEventArgs press) => Presses.IsNew(press)
        ? DecideAsync(new(NodeExecId, false)
        {
            Message = string.Join('\n', new[] { _draft.MessageFor(approval: false), press.Says }
                .Where(words => !string.IsNullOrWhiteSpace(words))),
            PayloadHash = Shown.HashFor(press.Shown),
        })
        : Task.CompletedTask;

    async Task DecideAsync(Decision decision)
    {
        var looked = NeedsLook;
        // An undo brings back what was typed.
        await SaveAsync();
        if (decision.PayloadHash is null)
            Store.Refuse(Texts.ShownOtherwise);
        else
            await SendAsync(decision);
        if (Store.Refusal is { } refusal)
        {
            if (!looked || !IsCurrent)
                await OnRefused.InvokeAsync(new(NodeExecId, refusal));
            return;
        }
        if (Gone.IsCancellationRequested)
            return;
        await LeaveEditAsync();
        if (looked)
            await OnDecided.InvokeAsync(NodeExecId);
    }

    async Task SendAsync(Decision decision)
    {
        try
        {
            await _turns.TakeAsync(async () =>
            {
                if (await Store.DecideAsync(Caller, decision, UndoWindow, Gone))
                    // An undo opens it again.
                    _draft.Send();
                Read();
            });
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // Decided; only this card is no longer there to show it.
        }
        catch (Exception e)
        {
            Store.Refuse(Words(e));
        }
    }

    Task UndoAsync() => TryAsync(() => _turns.TakeAsync(async () =>
    {
        if (!await Store.UndoAsync(Caller, Gone))
            Store.Refuse(Texts.UndoTooLate);
        await ShowAsync();
    }));

    Task StopAsync() => ActAsync(() => Stopping.StopAsync(Caller, Review.GraphExecId, Gone));

    Task SettleAsync(Resolution resolution) =>
        ActAsync(() => Settling.SettleAsync(Caller, Review.GraphExecId, NodeExecId, resolution, null, Gone));

    async Task ActAsync(Func<Task> act)
    {
        _acting = true;
        await TryAsync(act);
        _acting = false;
    }

    async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            Store.Refuse(Words(e));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        LastWords.Remove(KeepAsync);
        if (Loaded && _draft.IsUnsaved)
            await SaveAsync();
        await base.DisposeAsync();
    }
}

/// <summary>A decision that was refused.</summary>
/// <param name="NodeExecId">The review; null for a decision on several.</param>
/// <param name="Why">Why, in words.</param>
public sealed record RefusedDecision(string? NodeExecId, string Why);

/// <summary>A review that was put aside a moment ago.</summary>
/// <param name="NodeExecId">The review.</param>
/// <param name="Until">When it is back in the list.</param>
/// <param name="At">When it was put aside.</param>
public sealed record PutAside(string NodeExecId, DateTimeOffset Until, DateTimeOffset At);
