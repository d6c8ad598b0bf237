using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Reviews;

/// <summary>One review and what surrounds it, as a card shows it.</summary>
/// <remarks>Not for concurrent use: a card reads and changes it from its own circuit only.</remarks>
public sealed class ReviewStore(
    ReviewService reviews, ScheduledDecisions scheduledDecisions, Snoozes snoozes, Drafts drafts, ExecutionService executions,
    Graphs graphs, Chats chats, BlockRegistry blocks)
{
    bool _wasWaiting;

    /// <summary>The review; null until it is loaded.</summary>
    public Review? Review { get; private set; }

    /// <summary>What is shown of it; null until it is loaded.</summary>
    public ShownReview? Shown { get; private set; }

    /// <summary>Its block; null where an outside agent asks.</summary>
    public Block? Block { get; private set; }

    /// <summary>The execution behind it; null for a chat and for an outside agent's own.</summary>
    public GraphExecution? Execution { get; private set; }

    /// <summary>The node execution that waits for it, as far as HitlReview runs it itself.</summary>
    public NodeExecution? Node { get; private set; }

    /// <summary>The name of the graph, if there is one.</summary>
    public string? GraphName { get; private set; }

    /// <summary>What the person may do with it now.</summary>
    public IReadOnlyList<ReviewAction> Allowed { get; private set; } = [];

    /// <summary>Why the last decision was refused, in words; null if it wasn't.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True if this card sent the decision that stands, or that is on its way.</summary>
    public bool DecidedHere { get; private set; }

    /// <summary>True if the decision was made before the person's eyes, and not by this card.</summary>
    public bool IsDecidedElsewhere => !DecidedHere && !Busy && _wasWaiting && Review!.ReviewedBy is not null;

    /// <summary>The person's decision that can still be undone; null if there is none.</summary>
    public ScheduledDecision? Scheduled { get; private set; }

    /// <summary>What is to run, as it stands now: with the edit of a decision that can still be undone.</summary>
    public JsonText Payload { get; private set; } = null!;

    /// <summary>Until when the person has put it aside; null where they haven't.</summary>
    public DateTimeOffset? SnoozedUntil { get; private set; }

    /// <summary>What the person has typed and not yet sent, as it was last read or saved; null for nothing.</summary>
    public ReviewDraft? Draft { get; private set; }

    /// <summary>True while a decision is on its way.</summary>
    public bool Busy { get; private set; }

    /// <summary>True once the record of the review is gone, and nothing else tells what became of it.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Reads the review and what surrounds it.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task LoadAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        // Once it is shown it stays this one, also where an admin gets a review of their own with the same id.
        var read = await reviews.FindAsync(caller, nodeExecId, ct, Review?.UserId);
        var used = read is null && Review is not { Origin: not ReviewOrigin.Copilot }
            ? await chats.FindUsedAsync(caller, nodeExecId, ct) : null;
        var review = read ?? used ?? Review ?? await reviews.GetAsync(caller, nodeExecId, ct);
        var draft = await drafts.FindAsync(caller, nodeExecId, ct);
        var scheduled = await scheduledDecisions.FindAsync(caller, nodeExecId, ct);
        var snoozedUntil = await snoozes.UntilAsync(caller, nodeExecId, ct);
        var (node, execution, graphName) = (Node, Execution, GraphName);
        if (review.Origin != ReviewOrigin.Agent)
            node = await executions.FindNodeAsync(caller, nodeExecId, ct);
        if (review.Origin == ReviewOrigin.Graph)
        {
            execution = await executions.FindAsync(caller, review.GraphExecId, ct);
            if (execution is not null)
                graphName ??= (await graphs.NamesAsync(caller, [execution.GraphId], ct)).GetValueOrDefault(execution.GraphId);
        }
        // Nothing waits from here on: what is drawn, and what a press is about, was read together.
        var block = blocks.Find(review.BlockId);
        var payload = Shown?.Payload.Text == review.Payload ? Shown.Payload : JsonText.Trusted(review.Payload);
        if (Shown?.Payload != payload || GraphName != graphName)
            Shown = ShownReview.Of(review, payload, block, graphName);
        (Review, Block, Node, Execution, GraphName, Draft, Scheduled) = (review, block, node, execution, graphName, draft, scheduled);
        Payload = scheduled is not { Approved: true, Edit: { } edit } ? Shown!.Payload
            : Payload?.Text == edit ? Payload : JsonText.Trusted(edit);
        SnoozedUntil = snoozedUntil;
        (IsGone, Allowed) = ((read ?? used) is null, read is null ? [] : ReviewRules.AllowedActions(caller, review));
        if (review.Status == ReviewStatus.WAITING)
            (DecidedHere, _wasWaiting) = (scheduled is not null, true);
    }

    /// <summary>
    /// True if a change may change what is shown of the review, which must then be loaded again. What is known already doesn't.
    /// </summary>
    public bool Concerns(Change change) => change.UserId == Review!.UserId && change switch
    {
        ReviewDecided { Review: var decided } => decided.NodeExecId == Review!.NodeExecId
            && (Review.Status == ReviewStatus.WAITING || decided.ReviewedAt != Review.ReviewedAt),
        ReviewDelivered delivered => delivered.NodeExecId == Review!.NodeExecId && Review.DeliveredAt is null,
        NodeExecutionChanged node => node.NodeExecId == Review!.NodeExecId,
        ReviewsCancelled cancelled => cancelled.GraphExecId == Review!.GraphExecId,
        DecisionsScheduled scheduled => scheduled.NodeExecIds.Contains(Review!.NodeExecId) && scheduled.SetId != Scheduled?.SetId,
        DecisionsWithdrawn withdrawn => withdrawn.NodeExecIds.Contains(Review!.NodeExecId) && withdrawn.SetId == Scheduled?.SetId,
        ReviewSnoozed snoozed => snoozed.NodeExecId == Review!.NodeExecId,
        DecisionTooLate late => late.NodeExecId == Review!.NodeExecId,
        // Of an execution that is known here, Follow says all.
        ExecutionChanged execution => Execution is null && execution.GraphExecId == Review!.GraphExecId,
        _ => false,
    };

    /// <summary>Takes in a change that says itself all that is shown of it.</summary>
    /// <returns>False if it changes nothing that is shown.</returns>
    public bool Follow(Change change)
    {
        if (change is not ExecutionChanged changed || changed.GraphExecId != Execution?.Id || changed.Status == Execution.Status)
            return false;
        Execution.Status = changed.Status;
        return true;
    }

    /// <summary>The faults that an edited payload would be refused for.</summary>
    public ValueTask<IReadOnlyList<SchemaFault>> CheckAsync(JsonText edited, CancellationToken ct) =>
        Shown!.Schema is null ? new([]) : Block!.CheckAsync(edited, ct);

    /// <summary>
    /// Sends the person's decision. A press is carried out also if the page is left at
    /// that moment. A refusal is kept in <see cref="Refusal"/> and changes nothing else.
    /// </summary>
    /// <param name="caller">The person.</param>
    /// <param name="decision">The decision, with the hash of the payload that they were shown.</param>
    /// <param name="window">How long it can be undone.</param>
    /// <param name="ct">Gives up reading what became of it.</param>
    /// <returns>True if it stands, or will once it can't be undone any more.</returns>
    public async Task<bool> DecideAsync(Caller caller, Decision decision, TimeSpan window, CancellationToken ct)
    {
        if (Busy)
            return false;
        (Busy, Refusal) = (true, null);
        try
        {
            var press = await scheduledDecisions.DecideAsync(caller, [decision], window, CancellationToken.None);
            Refusal = press.Refused.GetValueOrDefault(decision.NodeExecId);
        }
        catch (RefusedException refused)
        {
            Refusal = refused.Message;
        }
        finally
        {
            Busy = false;
        }
        DecidedHere = Refusal is null;
        // What it is now may be what made it too late.
        await LoadAsync(caller, decision.NodeExecId, ct);
        return Refusal is null;
    }

    /// <summary>Takes the decision back that is on its way, and with it all of the same press.</summary>
    /// <returns>False if it was too late.</returns>
    public async Task<bool> UndoAsync(Caller caller, CancellationToken ct)
    {
        var withdrawn = Scheduled is null ? [] : await scheduledDecisions.WithdrawAsync(caller, Scheduled.SetId, CancellationToken.None);
        await LoadAsync(caller, Review!.NodeExecId, ct);
        return withdrawn.Count > 0;
    }

    /// <summary>Keeps what was typed, over the draft that it was made from; throws that away where nothing is left.</summary>
    /// <param name="caller">The person.</param>
    /// <param name="unsaved">What was typed.</param>
    /// <param name="ct">Gives up while it waits for its turn.</param>
    /// <returns>The revision now; 0 where nothing is left.</returns>
    /// <exception cref="RefusedException">Conflict: another window has saved since; nothing is overwritten.</exception>
    public async Task<long> SaveDraftAsync(Caller caller, UnsavedDraft unsaved, CancellationToken ct)
    {
        if (unsaved.IsNothing)
        {
            await DiscardDraftAsync(caller, ct);
            return 0;
        }
        var revision = await drafts.SaveAsync(
            caller, Review!.NodeExecId, unsaved.Text, unsaved.Message, Review.PayloadHash, unsaved.Revision, ct, unsaved.MessageOfApproval);
        await ReadDraftAsync(caller, ct);
        return revision;
    }

    /// <summary>Reads the draft as it is now.</summary>
    public async Task ReadDraftAsync(Caller caller, CancellationToken ct) => Draft = await drafts.FindAsync(caller, Review!.NodeExecId, ct);

    /// <summary>Puts it aside for a time.</summary>
    /// <returns>Until when.</returns>
    public Task<DateTimeOffset> SnoozeAsync(Caller caller, TimeSpan time, CancellationToken ct) =>
        snoozes.SetAsync(caller, Review!.NodeExecId, time, ct);

    /// <summary>Brings it back before its time.</summary>
    public Task BringBackAsync(Caller caller, CancellationToken ct) => snoozes.EndAsync(caller, Review!.NodeExecId, ct);

    /// <summary>Throws the draft away.</summary>
    public async Task DiscardDraftAsync(Caller caller, CancellationToken ct)
    {
        await drafts.DiscardAsync(caller, Review!.NodeExecId, ct);
        Draft = null;
    }

    /// <summary>Says why no decision was sent, or takes that back.</summary>
    public void Refuse(string? why) => Refusal = why;
}
