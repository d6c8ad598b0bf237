using System.Globalization;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Reviews;

/// <summary>Processes decisions: everything that a person's verdict changes, in one transaction or not at all.</summary>
public sealed partial class Deciding(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, IEnumerable<IRunKind> kinds, ILogger<Deciding> log)
{
    /// <summary>Decides one or more reviews of one execution.</summary>
    /// <param name="caller">Decides only what is theirs, admins too.</param>
    /// <param name="decisions">At least one, at most one per review.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Invalid"/>: no or duplicate reviews, message too long, edit breaks the block's schema.
    /// <see cref="Refusal.NotFound"/>: an id unknown or not the caller's.
    /// <see cref="Refusal.Conflict"/>: several executions, the execution has ended, decided differently before, payload changed since it
    /// was shown. <see cref="Refusal.Forbidden"/>: the key may not decide, or asked for it itself.
    /// <see cref="Refusal.BadRequest"/>: edit of a review that isn't editable. Nothing is changed on any of them.
    /// </exception>
    public async Task<DecisionResult> DecideAsync(Caller caller, IReadOnlyList<Decision> decisions, CancellationToken ct)
    {
        caller.Require(KeyMay.decide);
        decisions = Check(decisions);
        var faults = await SchemaFaultsAsync(caller, decisions, ct);
        return await queue.WriteAsync(caller, tx => DecideAsync(tx, caller, decisions, faults, ct), ct);
    }

    /// <summary>Checks what can be checked without the reviews.</summary>
    /// <returns>The decisions with their messages trimmed, and without edits that are ignored.</returns>
    /// <exception cref="RefusedException">Invalid: no, too many or duplicate reviews, or a message too long.</exception>
    internal static IReadOnlyList<Decision> Check(IReadOnlyList<Decision> decisions)
    {
        if (decisions.Count == 0)
            throw new RefusedException(Refusal.Invalid, "reviews must name at least one review.");
        if (decisions.Count > Decision.MaxPerRequest)
            throw new RefusedException(Refusal.Invalid,
                $"reviews must name at most {Decision.MaxPerRequest} reviews; it names {decisions.Count}.");
        if (decisions.GroupBy(d => d.NodeExecId, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new RefusedException(Refusal.Invalid, $"reviews names '{Identifiers.Shown(twice.Key)}' more than once.");
        return [.. decisions.Select(d => d with
        {
            Message = Identifiers.CheckText(d.Message, "message", Decision.MaxMessage),
            Edit = d.Approved && !d.AutoApproveFuture ? d.Edit : null,
        })];
    }

    /// <summary>
    /// Checks the edits against their blocks' schemas before the transaction, which must stay short. What a block is never changes, so
    /// nothing can turn stale in between.
    /// </summary>
    /// <returns>The first fault of each edit that has one, by review.</returns>
    internal async Task<IReadOnlyDictionary<string, SchemaFault>> SchemaFaultsAsync(
        Caller caller, IReadOnlyList<Decision> decisions, CancellationToken ct)
    {
        var faults = new Dictionary<string, SchemaFault>(StringComparer.Ordinal);
        var edits = decisions.Where(d => d.Edit is not null).ToDictionary(d => d.NodeExecId, d => d.Edit!, StringComparer.Ordinal);
        if (edits.Count == 0)
            return faults;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var blockOf = await db.Reviews.AsNoTracking().OwnOf(caller)
            .Where(r => edits.Keys.Contains(r.NodeExecId) && r.BlockId != null)
            .Select(r => new { r.NodeExecId, r.BlockId })
            .ToListAsync(ct);
        foreach (var review in blockOf)
            if (Guid.TryParse(review.BlockId, out var id) && blocks.Find(id) is { IsGraphOnly: false } block
                && await block.CheckAsync(edits[review.NodeExecId], ct) is [var fault, ..])
                faults[review.NodeExecId] = fault;
        return faults;
    }

    /// <summary>Decides all of them in a transaction, or throws before anything of it is written.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="caller">The owner of the reviews.</param>
    /// <param name="decisions">Decisions that have passed <see cref="Check"/>.</param>
    /// <param name="faults">What <see cref="SchemaFaultsAsync"/> found.</param>
    /// <param name="ct">Cancels the statements.</param>
    internal async Task<DecisionResult> DecideAsync(
        WriteTransaction tx, Caller caller, IReadOnlyList<Decision> decisions, IReadOnlyDictionary<string, SchemaFault> faults,
        CancellationToken ct)
    {
        var found = await FindAsync(tx, caller, decisions, ct);
        if (found.Where(f => f.Review is null).Select(f => f.Decision.NodeExecId).ToList() is { Count: > 0 } missing)
            throw new RefusedException(Refusal.NotFound,
                $"No review was found for: {string.Join(", ", missing.Select(Identifiers.Shown))}.");
        var first = found[0].Review!;
        if (found.Any(f => f.Review!.GraphExecId != first.GraphExecId))
            throw new RefusedException(Refusal.Conflict,
                $"All reviews of one request must belong to one execution; '{first.NodeExecId}' belongs to '{first.GraphExecId}' and "
                + "others do not.");
        var (open, refused) = ExamineEach(caller, found, faults);
        if (refused.Values.MinBy(Rank) is { } gravest)
            throw gravest;
        if (await WhyEndedAsync(tx, first, open, ct) is { } ended)
            throw ended;
        await WriteAsync(tx, caller, open, ct);
        var approved = decisions.Count(d => d.Approved);
        return new(approved, decisions.Count - approved);
    }

    /// <summary>Decides in a transaction those of them that can be decided, each judged by itself. They belong to one execution.</summary>
    /// <inheritdoc
    /// cref="DecideAsync(WriteTransaction, Caller, IReadOnlyList{Decision}, IReadOnlyDictionary{string, SchemaFault}, CancellationToken)"/>
    /// <returns>Why the others could not be decided, by review.</returns>
    internal async Task<IReadOnlyDictionary<string, RefusedException>> DecideEachAsync(
        WriteTransaction tx, Caller caller, IReadOnlyList<Decision> decisions, IReadOnlyDictionary<string, SchemaFault> faults,
        CancellationToken ct)
    {
        var (open, refused) = await ExamineEachAsync(tx, caller, decisions, faults, ct);
        await WriteAsync(tx, caller, open, ct);
        return refused;
    }

    /// <summary>Judges each decision by itself, and writes nothing.</summary>
    /// <returns>Those that can be written, and why others can't. One that was decided the same way before is in neither.</returns>
    internal async Task<(
        IReadOnlyList<(Decision Decision, Review Review)> Open, IReadOnlyDictionary<string, RefusedException> Refused)> ExamineEachAsync(
        WriteTransaction tx, Caller caller, IReadOnlyList<Decision> decisions, IReadOnlyDictionary<string, SchemaFault> faults,
        CancellationToken ct)
    {
        var (open, refused) = ExamineEach(caller, await FindAsync(tx, caller, decisions, ct), faults);
        if (open.Count > 0 && await WhyEndedAsync(tx, open[0].Review, open, ct) is { } ended)
        {
            foreach (var (decision, _) in open)
                refused[decision.NodeExecId] = ended;
            open.Clear();
        }
        return (open, refused);
    }

    static async Task<IReadOnlyList<(Decision Decision, Review? Review)>> FindAsync(
        WriteTransaction tx, Caller caller, IReadOnlyList<Decision> decisions, CancellationToken ct)
    {
        var found = new List<(Decision, Review?)>(decisions.Count);
        foreach (var decision in decisions)
            found.Add((decision, await ReviewMoves.FindAsync(tx, caller.UserId, decision.NodeExecId, ct)));
        return found;
    }

    static (List<(Decision Decision, Review Review)> Open, Dictionary<string, RefusedException> Refused) ExamineEach(
        Caller caller, IReadOnlyList<(Decision, Review?)> found, IReadOnlyDictionary<string, SchemaFault> faults)
    {
        var open = new List<(Decision Decision, Review Review)>();
        var refused = new Dictionary<string, RefusedException>(StringComparer.Ordinal);
        foreach (var (decision, review) in found)
            try
            {
                if (review is null)
                    throw ReviewMoves.Unknown(decision.NodeExecId);
                if (Examine(caller, decision, review, faults))
                    open.Add((decision, review));
            }
            catch (RefusedException e)
            {
                refused[decision.NodeExecId] = e;
            }
        return (open, refused);
    }

    /// <summary>
    /// Which refusal speaks for a whole request: whose decision it isn't comes first, then that something was decided or changed meanwhile,
    /// then what is wrong with an edit.
    /// </summary>
    static int Rank(RefusedException refused) => refused.Refusal switch
    {
        Refusal.Forbidden => 0,
        Refusal.Conflict => 1,
        Refusal.BadRequest => 2,
        _ => 3,
    };

    /// <returns>False if the review was decided the same way before: that is success, and changes nothing.</returns>
    /// <exception cref="RefusedException">It can't be decided in this way.</exception>
    static bool Examine(Caller caller, Decision decision, Review review, IReadOnlyDictionary<string, SchemaFault> faults)
    {
        if (caller.AskedItself(review))
            throw new RefusedException(Refusal.Forbidden,
                $"Review '{review.NodeExecId}' was asked for with the key '{caller.Key!.Name}', which therefore can't decide it.");
        if (decision is { Approved: true, AutoApproveFuture: true } && review.Origin == ReviewOrigin.Copilot && caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden,
                $"Review '{review.NodeExecId}' is one of a chat, in which its person alone says what runs without asking, and not a key.");
        if (decision is { Approved: true, AutoApproveFuture: true, AutoApproveSpan: ApprovalSpan.turn }
            && review.Origin != ReviewOrigin.Copilot)
            throw new RefusedException(Refusal.Invalid,
                $"Review '{review.NodeExecId}' is not one of a chat: there is no turn for which more could be approved.");
        if (!StillOpen(decision, review))
            return false;
        if (decision.PayloadHash is { } shown && shown != review.PayloadHash)
            throw new RefusedException(Refusal.Conflict,
                $"The payload of review '{review.NodeExecId}' has changed since it was shown: its hash is now {review.PayloadHash}.");
        if (!review.Editable && Changes(decision, review))
            throw new RefusedException(Refusal.BadRequest, $"Review '{review.NodeExecId}' is not editable.");
        if (faults.TryGetValue(review.NodeExecId, out var fault) && Changes(decision, review))
            throw new RefusedException(Refusal.Invalid,
                $"The edited payload of review '{review.NodeExecId}' is refused at {fault.Path}: {fault.Message}");
        return true;
    }

    /// <returns>False if the review was decided the same way before.</returns>
    /// <exception cref="RefusedException">It was decided differently before.</exception>
    static bool StillOpen(Decision decision, Review review)
    {
        if (review.Status == ReviewStatus.WAITING)
            return true;
        var sameVerdict = decision.Approved == (review.Status == ReviewStatus.APPROVED);
        // A stop rejects in nobody's name: a person's own rejection after it is too late, not the same.
        var cancelled = review is { Status: ReviewStatus.REJECTED, Processed: true, ReviewedBy: null };
        var samePayload = !decision.Approved || (decision.Edit is { } edit
            ? JsonText.SameValue(edit, JsonText.Trusted(review.Payload))
            : decision.PayloadHash is null || decision.PayloadHash == review.PayloadHash);
        if (sameVerdict && samePayload && !cancelled)
            return false;
        throw new RefusedException(Refusal.Conflict, cancelled
            ? $"Review '{review.NodeExecId}' was cancelled at {Time(review)}: {review.ReviewMessage}."
            : $"Review '{review.NodeExecId}' was already {(review.Status == ReviewStatus.APPROVED ? "approved" : "rejected")} at "
                + $"{Time(review)}{(sameVerdict ? " with another payload" : "")}{By(review)}.{Message(review)} {Next(review)}");

        static string By(Review review) => review switch
        {
            { AutoApproved: true } => " by a standing approval",
            { ReviewedWith: { } key } => $" with the key '{key}'",
            { ReviewedBy: not null } => " by its person",
            _ => "",
        };

        static string Next(Review review) => review switch
        {
            { Status: ReviewStatus.APPROVED, Processed: true } => "It has been taken up: nothing can be done about it now.",
            { Status: ReviewStatus.APPROVED, Origin: ReviewOrigin.Agent } => "It can be taken up once (consume), or its execution stopped.",
            { Status: ReviewStatus.APPROVED } => "Its execution can be stopped as long as it has not run.",
            { Origin: ReviewOrigin.Agent } => "Whoever asked can ask anew under another node_exec_id.",
            _ => "Nothing can be done about it now.",
        };

        static string Message(Review review) =>
            review is { ReviewMessage: { } message, AutoApproved: false } ? $" Message: {TextStart.Marked(message, 200)}" : "";

        static string Time(Review review) =>
            review.ReviewedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";
    }

    static bool Changes(Decision decision, Review review) =>
        decision.Edit is { } edit && edit.Text != review.Payload && !JsonText.SameValue(edit, JsonText.Trusted(review.Payload));

    /// <returns>Null unless what one of them runs in has ended.</returns>
    async Task<RefusedException?> WhyEndedAsync(
        WriteTransaction tx, Review any, IReadOnlyList<(Decision, Review Review)> open, CancellationToken ct)
    {
        foreach (var kind in kinds.Where(kind => open.Any(pair => pair.Review.Origin == kind.Origin)))
            if (await kind.WhyEndedAsync(tx, any.GraphExecId, ct) is { } ended)
                return ended;
        return null;
    }

    /// <summary>Writes decisions on reviews of one execution, the auto-approvals that they ask for, and the execution's move.</summary>
    async Task WriteAsync(WriteTransaction tx, Caller caller, IReadOnlyList<(Decision Decision, Review Review)> open, CancellationToken ct)
    {
        foreach (var (decision, review) in open)
            await WriteAsync(tx, caller, decision, review, ct);
        // Of two for one node the narrower.
        foreach (var (decision, review) in open.Where(pair => pair.Decision is { Approved: true, AutoApproveFuture: true })
            .OrderBy(pair => pair.Decision.AutoApproveSpan).DistinctBy(pair => pair.Review.NodeId))
            await AutoApprovals.GiveAsync(tx, caller, review, decision.AutoApproveSpan, ct);
        foreach (var kind in kinds)
            if (open.Where(pair => pair.Review.Origin == kind.Origin).Select(pair => pair.Review).ToList() is [var first, ..] decided)
                await kind.DecidedAsync(tx, caller, first.GraphExecId, decided, ct);
    }

    async Task WriteAsync(WriteTransaction tx, Caller caller, Decision decision, Review review, CancellationToken ct)
    {
        var edit = Changes(decision, review) ? decision.Edit : null;
        if (!await ReviewMoves.DecideAsync(tx, caller, review, decision.Approved, edit, decision.Message, ct))
            throw new RefusedException(Refusal.Conflict, $"Review '{review.NodeExecId}' was decided by someone else at this moment.");
        DecisionWritten(log, review.NodeExecId);
    }
}
