using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Inbox;

/// <summary>Shows one review and takes the person's decision. Give it a <c>@key</c> of the review's id: one card is about one review.</summary>
public sealed partial class ReviewCard
{
    readonly string _id = $"card-{Guid.NewGuid():N}";
    ElementReference _title;
    PayloadEditor? _editor;
    PayloadDraft? _draft;
    JsonText _editedFrom = JsonText.Null, _read = JsonText.Null;
    IReadOnlyList<SentencePart> _action = [];
    IReadOnlyList<string> _warnings = [];
    string _message = "";
    int _unread;
    bool _editing, _autoApprove, _approveUnread, _stopping, _focused, _wasWaiting;

    [Inject]
    ReviewStore Store { get; set; } = null!;

    [Inject]
    Stopping Stopping { get; set; } = null!;

    /// <summary>The review.</summary>
    [Parameter, EditorRequired]
    public required string NodeExecId { get; set; }

    /// <summary>True to take the focus once it is shown: the person came here by deciding another one.</summary>
    [Parameter]
    public bool TakesFocus { get; set; }

    /// <summary>Told once the person's decision stands.</summary>
    [Parameter]
    public EventCallback<Review> OnDecided { get; set; }

    Review Review => Store.Review!;

    bool MayDecide => Store.Allowed.Contains(ReviewAction.approve);

    bool IsElsewhere => !Store.DecidedHere && !Store.Busy && _wasWaiting && Review.ReviewedBy is not null;

    bool IsEditLeft => IsElsewhere && _editing;

    /// <summary>True if something is folded and was not opened. The editor folds nothing.</summary>
    bool IsUnread => _unread > 0 && (!_editing || _autoApprove);

    int MessageLength => _message.Trim().EnumerateRunes().Count();

    string ExecutionAddress => $"/executions/{Uri.EscapeDataString(Review.GraphExecId)}";

    string Source => (Review.Origin, Store.GraphName) switch
    {
        (ReviewOrigin.Agent, _) => "An outside agent",
        (ReviewOrigin.Copilot, _) => "A chat",
        (_, { } name) => name,
        _ => "A graph",
    };

    string AskedBy => Review.Origin switch
    {
        ReviewOrigin.Agent => "A program that uses the API",
        ReviewOrigin.Copilot => "The assistant in a chat",
        _ => "An execution of a graph",
    };

    string PayloadTitle => Review.Status switch
    {
        ReviewStatus.WAITING => Store.Schema is null ? "What would be approved" : "What would run",
        ReviewStatus.APPROVED => "What was approved",
        _ => "What was asked for",
    };

    string ApproveWords => _draft is { Touched: true } && _editing && !_autoApprove ? "Approve with edit" : "Approve";

    protected override async Task LoadAsync(CancellationToken gone)
    {
        await Store.LoadAsync(Caller, NodeExecId, gone);
        _wasWaiting |= Review.Status == ReviewStatus.WAITING;
        Read();
    }

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        if (!changes.Any(Store.Concerns))
            return false;
        await LoadAsync(gone);
        return true;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!Loaded || _focused || !TakesFocus)
            return;
        _focused = true;
        await _title.FocusAsync(preventScroll: true);
    }

    /// <summary>Works out what is shown of the payload, once for each payload.</summary>
    void Read()
    {
        if (ReferenceEquals(_read, Store.Payload))
            return;
        _read = Store.Payload!;
        _action = ActionSentence.Of(Review, Store.Block);
        _warnings = PayloadWarnings.For(_read, Review.Instructions);
    }

    async Task ApproveAsync()
    {
        Store.Refuse(null);
        JsonText? edit = null;
        if (_editing && !_autoApprove)
        {
            _draft = await _editor!.ReadAsync(Gone);
            if (_draft.Faults is [var fault, ..])
            {
                Store.Refuse($"The edit can't be approved: {fault.Path} {fault.Message}");
                return;
            }
            edit = _draft.Touched ? _draft.Json : null;
        }
        await DecideAsync(new(NodeExecId, true) { Message = _message, Edit = edit, AutoApproveFuture = _autoApprove });
    }

    Task RejectAsync() => DecideAsync(new(NodeExecId, false) { Message = _message });

    async Task DecideAsync(Decision decision)
    {
        try
        {
            if (!await Store.DecideAsync(Caller, decision, Gone))
                return;
            _editing = false;
            await OnDecided.InvokeAsync(Review);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Store.Refuse(Words(e));
        }
    }

    async Task StopAsync()
    {
        _stopping = true;
        try
        {
            await Stopping.StopAsync(Caller, Review.GraphExecId, Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            Store.Refuse(Words(e));
        }
        finally
        {
            _stopping = false;
        }
    }
}
