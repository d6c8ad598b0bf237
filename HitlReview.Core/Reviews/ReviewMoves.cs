using System.Data.Common;
using HitlReview.Core.Audit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>All that can happen to a review.</summary>
public enum ReviewMove
{
    /// <summary>A person is asked.</summary>
    Ask,

    /// <summary>A standing approval answers in the place of a person.</summary>
    Pass,

    /// <summary>A person approves, perhaps with an edit.</summary>
    Approve,

    /// <summary>A person rejects.</summary>
    Reject,

    /// <summary>Its execution, chat or agent takes the answer up.</summary>
    TakeUp,

    /// <summary>Its execution or chat was stopped, or has failed, before anybody decided.</summary>
    Cancel,

    /// <summary>Its execution or chat was stopped, or has failed, before the approval was taken up.</summary>
    Withdraw,

    /// <summary>It has had its use in a chat; the trail keeps what happened.</summary>
    Delete,
}

/// <summary>Where a review stands: its status, and whether the answer has been used.</summary>
public enum ReviewState
{
    /// <summary>Nobody has decided.</summary>
    Waiting,

    /// <summary>Approved, and the answer is to be taken up.</summary>
    Approved,

    /// <summary>Rejected, and the answer is to be taken up.</summary>
    Rejected,

    /// <summary>The approval was taken up, or withdrawn: nothing runs on it any more.</summary>
    Used,

    /// <summary>The rejection was taken up, or nobody waits for an answer any more.</summary>
    Closed,
}

/// <summary>One line of the table.</summary>
/// <param name="Move">What happens.</param>
/// <param name="From">From where; null where there is no review yet.</param>
/// <param name="To">To where; null where there is none any more.</param>
/// <param name="Trail">What the trail records of it; one of <see cref="AuditActions"/>.</param>
public sealed record ReviewArrow(ReviewMove Move, ReviewState? From, ReviewState? To, string Trail);

/// <summary>
/// The only moves there are of a review, and the only code that writes one: each is one statement whose condition comes from this table
/// and which carries all that comes with the move. What must be true of a review in each state:
/// <list type="bullet">
/// <item>Waiting: nobody has decided or taken it up, nothing of it is edited or answered; its execution, where HitlReview runs it, has not
/// ended.</item>
/// <item>Approved, Used: it says when; either a person decided or a standing approval did. Only here can it be edited, and then it has
/// what was asked for beside what runs.</item>
/// <item>Rejected: it says when and who.</item>
/// <item>Closed: it says when; who, where a person rejected it.</item>
/// <item>Taken up, it is Used or Closed.</item>
/// </list>
/// </summary>
public static class ReviewMoves
{
    /// <summary>What a stop by the user says to those who ask.</summary>
    const string StoppedMessage = "Execution was stopped by user";

    /// <summary>The table.</summary>
    public static IReadOnlyList<ReviewArrow> Table { get; } =
    [
        new(ReviewMove.Ask, null, ReviewState.Waiting, AuditActions.ReviewRequested),
        new(ReviewMove.Pass, null, ReviewState.Approved, AuditActions.ReviewRequested),
        new(ReviewMove.Approve, ReviewState.Waiting, ReviewState.Approved, AuditActions.ReviewApproved),
        new(ReviewMove.Reject, ReviewState.Waiting, ReviewState.Rejected, AuditActions.ReviewRejected),
        new(ReviewMove.TakeUp, ReviewState.Approved, ReviewState.Used, AuditActions.ReviewConsumed),
        new(ReviewMove.TakeUp, ReviewState.Rejected, ReviewState.Closed, AuditActions.ReviewConsumed),
        new(ReviewMove.Cancel, ReviewState.Waiting, ReviewState.Closed, AuditActions.ReviewCancelled),
        new(ReviewMove.Withdraw, ReviewState.Approved, ReviewState.Used, AuditActions.ReviewCancelled),
        new(ReviewMove.Delete, ReviewState.Used, null, AuditActions.ReviewDeleted),
    ];

    /// <summary>
    /// The reviews of which something isn't true that must be: a condition in SQL over the table <c>reviews</c>, for tests.
    /// </summary>
    internal const string Broken = """
        (status = 'WAITING' AND (processed OR was_edited OR auto_approved OR original_payload IS NOT NULL OR review_message IS NOT NULL
            OR reviewed_at IS NOT NULL OR reviewed_by IS NOT NULL OR reviewed_with IS NOT NULL OR delivered_at IS NOT NULL
            OR (origin = 'Graph' AND EXISTS (SELECT 1 FROM graph_executions e WHERE e.id = graph_exec_id AND e.ended_at IS NOT NULL))))
        OR (status <> 'WAITING' AND reviewed_at IS NULL)
        OR (status = 'APPROVED' AND auto_approved = (reviewed_by IS NOT NULL))
        OR (was_edited <> (original_payload IS NOT NULL))
        OR (status = 'REJECTED' AND (was_edited OR auto_approved OR (NOT processed AND reviewed_by IS NULL)))
        OR (delivered_at IS NOT NULL AND NOT processed)
        """;

    const string Key = "user_id = @user AND node_exec_id = @id";

    static readonly string s_insert =
        $"INSERT INTO reviews ({Row<Review>.AllColumns}) VALUES ({Row<Review>.Parameters}) ON CONFLICT (user_id, node_exec_id) DO NOTHING";

    static readonly string s_find = $"SELECT {Row<Review>.Columns} FROM reviews WHERE {Key}";

    const string Verdict =
        "review_message = @message, reviewed_at = @now, reviewed_by = @user, reviewed_with = @with, updated_at = @now";

    const string Edit = "payload = @payload, payload_hash = @hash, original_payload = payload, as_read = @read, was_edited = TRUE";

    const string AsShown = "payload_hash = @shown";

    static readonly string s_approve = Update(ReviewMove.Approve, Verdict, $"{Key} AND {AsShown}");

    static readonly string s_approveEdited = Update(ReviewMove.Approve, $"{Verdict}, {Edit}", $"{Key} AND {AsShown}");

    static readonly string s_reject = Update(ReviewMove.Reject, Verdict, $"{Key} AND {AsShown}");

    static readonly string s_takeUp =
        $"""
        {Update(ReviewMove.TakeUp, "delivered_at = @now, updated_at = @now",
            $"{Key} AND origin = @origin AND (status = @verdict OR status = @or)")}
        RETURNING {Row<Review>.Columns}
        """;

    static readonly string s_cancelNext =
        $"""
        {Update(ReviewMove.Cancel, "review_message = @message, reviewed_at = @now, updated_at = @now", Next(ReviewMove.Cancel))}
        RETURNING node_exec_id, {WaitingTotals.Bytes}, graph_id, node_id, block_id, asked_by_key_id, asked_by
        """;

    static readonly string s_withdrawNext =
        $"""
        {Update(ReviewMove.Withdraw, "updated_at = @now", Next(ReviewMove.Withdraw))}
        RETURNING node_exec_id
        """;

    static readonly string s_delete = $"DELETE FROM reviews WHERE {Key} AND {From(ReviewMove.Delete)}";

    /// <summary>A user's review; null if there is none of that id.</summary>
    internal static Task<Review?> FindAsync(WriteTransaction tx, string userId, string nodeExecId, CancellationToken ct) =>
        tx.FirstAsync(s_find, Row<Review>.Read, ct, ("user", userId), ("id", nodeExecId));

    /// <summary>Asks, unless the user has a review of that id; one that is approved was answered by a standing approval.</summary>
    /// <returns>The review as it now is, and whether this call made it.</returns>
    /// <exception cref="RefusedException">Conflict: as much waits as may (<see cref="LimitOptions.WaitingReviews"/>).</exception>
    internal static async Task<(Review Review, bool Created)> AskAsync(
        WriteTransaction tx, Review asked, Caller? by, LimitOptions limits, CancellationToken ct)
    {
        if (await tx.ExecuteAsync(s_insert, ct, Row<Review>.ValuesOf(asked)) == 0)
            return (await FindAsync(tx, asked.UserId, asked.NodeExecId, ct) ?? throw Unknown(asked.NodeExecId), false);
        var move = asked.Status == ReviewStatus.WAITING ? ReviewMove.Ask : ReviewMove.Pass;
        if (move == ReviewMove.Ask)
            await WaitingTotals.AddAsync(tx, asked, limits, ct);
        ReviewCounts.Move(tx, null, ReviewKind.Of(asked));
        tx.Record(
            Entry(move, by, asked) with { PayloadHashAfter = asked.PayloadHash },
            move == ReviewMove.Ask ? new ReviewCreated(ReviewSummary.Of(asked)) : null);
        return (asked, true);
    }

    /// <summary>Writes a verdict, if the review still waits and its payload is the one that was judged.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="by">The owner, who decides.</param>
    /// <param name="review">The review as it was read in this transaction; it has the verdict afterwards.</param>
    /// <param name="approved">The verdict.</param>
    /// <param name="edit">What is to run in the place of what was asked for; null for no edit.</param>
    /// <param name="message">The person's words, trimmed.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <returns>False if it was decided, cancelled or changed at this moment.</returns>
    internal static async Task<bool> DecideAsync(
        WriteTransaction tx, Caller by, Review review, bool approved, JsonText? edit, string? message, CancellationToken ct)
    {
        var (shown, bytes) = (review.PayloadHash, WaitingTotals.BytesOf(review));
        (string, object?)[] verdict =
        [
            ("message", message), ("now", tx.Now), ("user", by.UserId), ("with", by.Key?.Name),
            ("id", review.NodeExecId), ("shown", shown),
        ];
        if (await tx.ExecuteAsync(!approved ? s_reject : edit is null ? s_approve : s_approveEdited, ct,
            edit is null ? verdict
                : [.. verdict, ("payload", edit.Text), ("hash", edit.Hash), ("read", Review.AsReadOf(edit))]) == 0)
            return false;

        if (edit is not null)
            (review.OriginalPayload, review.Payload, review.PayloadHash, review.WasEdited) = (review.Payload, edit.Text, edit.Hash, true);
        review.Status = approved ? ReviewStatus.APPROVED : ReviewStatus.REJECTED;
        review.ReviewMessage = message;
        review.ReviewedAt = review.UpdatedAt = tx.Now;
        (review.ReviewedBy, review.ReviewedWith) = (by.UserId, by.Key?.Name);
        await WaitingTotals.RemoveAsync(tx, review.UserId, 1, bytes, ct);
        var kind = ReviewKind.Of(review);
        ReviewCounts.Move(tx, kind with { Standing = ReviewCount.Waiting }, kind);
        var entry = Entry(approved ? ReviewMove.Approve : ReviewMove.Reject, by, review) with
        {
            PayloadHashBefore = shown,
            PayloadHashAfter = review.PayloadHash,
            Detail = message,
        };
        tx.Record(entry, new ReviewDecided(ReviewSummary.Of(review)));
        return true;
    }

    /// <summary>Takes an answer up, once: of any number of callers one gets it, and nobody after a stop.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="userId">The owner.</param>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="origin">Who may take it up.</param>
    /// <param name="verdict">The answer to take up; null for either.</param>
    /// <param name="by">Who asks; null for the engine.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>The decided review, now used; null if it isn't decided or was taken up before.</returns>
    internal static async Task<Review?> TakeUpAsync(
        WriteTransaction tx, string userId, string nodeExecId, ReviewOrigin origin, ReviewStatus? verdict, Caller? by, CancellationToken ct)
    {
        var taken = await tx.FirstAsync(s_takeUp, Row<Review>.Read, ct, ("now", tx.Now), ("user", userId), ("id", nodeExecId),
            ("origin", origin), ("verdict", verdict ?? ReviewStatus.APPROVED), ("or", verdict ?? ReviewStatus.REJECTED));
        if (taken is null)
            return null;
        var entry = Entry(ReviewMove.TakeUp, by, taken) with
        {
            PayloadHashBefore = taken.PayloadHash,
            PayloadHashAfter = taken.PayloadHash,
            Detail = taken.Status.ToString(),
        };
        tx.Record(entry, new ReviewDelivered(userId, nodeExecId));
        return taken;
    }

    /// <summary>
    /// Cancels what an execution or chat still waits for, withdraws approvals that nobody has taken up, and ends those that stand for it.
    /// </summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="userId">The owner of the execution.</param>
    /// <param name="graphExecId">The execution, or the synthetic id of a chat.</param>
    /// <param name="message">What its reviews say from then on; null for the text of a stop by the user.</param>
    /// <param name="by">Who cancels; null for the engine.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <returns>How many reviews were waiting.</returns>
    internal static async Task<int> CancelAllAsync(
        WriteTransaction tx, string userId, string graphExecId, string? message, Caller? by, CancellationToken ct)
    {
        message ??= StoppedMessage;
        var cancelled = new List<Cancelled>();
        while (await tx.FirstAsync(
            s_cancelNext, r => Cancelled.Read(r, userId), ct,
            ("message", message), ("now", tx.Now), ("exec", graphExecId), ("user", userId)) is { } ended)
            cancelled.Add(ended);
        if (cancelled.Count > 0)
            await WaitingTotals.RemoveAsync(tx, userId, cancelled.Count, cancelled.Sum(review => review.Bytes), ct);
        foreach (var alike in cancelled.GroupBy(review => review.Kind))
            ReviewCounts.Move(tx, alike.Key, alike.Key with { Standing = nameof(DecidedAs.cancelled) }, alike.Count());
        foreach (var asked in cancelled.GroupBy(review => review.Kind.AskedByKeyId))
        {
            var all = new ReviewsCancelled(userId, graphExecId, asked.Count(), asked.Key);
            var last = asked.Last().Id;
            foreach (var review in asked)
                Record(ReviewMove.Cancel, review.Id, review.Id == last ? all : null);
        }
        while (await tx.FirstAsync<string>(s_withdrawNext, r => r.GetString(0), ct,
            ("now", tx.Now), ("exec", graphExecId), ("user", userId)) is { } id)
            Record(ReviewMove.Withdraw, id);
        await AutoApprovals.EndAsync(tx, userId, graphExecId, by, ct);
        return cancelled.Count;

        void Record(ReviewMove move, string nodeExecId, ReviewsCancelled? tells = null) =>
            tx.Record(Entry(move, by, userId, graphExecId, nodeExecId) with { Detail = message }, tells);
    }

    /// <summary>Those that wait for a person, or whose approval nobody has taken up: what a stop ends.</summary>
    internal static IQueryable<Review> Open(HitlDbContext db) =>
        db.Reviews.Where(r => r.Status == ReviewStatus.WAITING || (r.Status == ReviewStatus.APPROVED && !r.Processed));

    /// <summary>The runs of a kind in which a person is waited for.</summary>
    internal static IQueryable<RunUnderWay> WaitingOf(HitlDbContext db, ReviewOrigin origin) =>
        db.Reviews.Where(r => r.Status == ReviewStatus.WAITING && r.Origin == origin)
            .Select(r => new RunUnderWay { UserId = r.UserId, GraphExecId = r.GraphExecId });

    /// <summary>Deletes the record of one review that was used.</summary>
    /// <returns>False if it is not there, or was not used.</returns>
    internal static async Task<bool> DeleteAsync(WriteTransaction tx, Review used, CancellationToken ct)
    {
        if (await tx.ExecuteAsync(s_delete, ct, ("user", used.UserId), ("id", used.NodeExecId)) == 0)
            return false;
        ReviewCounts.Move(tx, ReviewKind.Of(used), null);
        tx.Record(Entry(ReviewMove.Delete, null, used) with { PayloadHashBefore = used.PayloadHash });
        return true;
    }

    /// <summary>What an unknown id and someone else's are answered with.</summary>
    internal static RefusedException Unknown(string nodeExecId) =>
        new(Refusal.NotFound, $"No review '{Identifiers.Shown(nodeExecId)}' was found.");

    /// <summary>What is read of a review that is cancelled: of many, the payloads would be in the way.</summary>
    sealed record Cancelled(string Id, long Bytes, ReviewKind Kind)
    {
        public static Cancelled Read(DbDataReader r, string userId) => new(
            r.GetString(0), r.GetInt64(1),
            new(userId, Text(r, 2), r.GetString(3), Text(r, 4), Text(r, 5), Text(r, 6), ReviewCount.Waiting));

        static string? Text(DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
    }

    static AuditEntry Entry(ReviewMove move, Caller? by, Review review) =>
        Entry(move, by, review.UserId, review.GraphExecId, review.NodeExecId);

    static AuditEntry Entry(ReviewMove move, Caller? by, string userId, string graphExecId, string nodeExecId) =>
        AuditEntry.By(by, Table.First(arrow => arrow.Move == move).Trail) with
        {
            OwnerId = userId,
            GraphExecId = graphExecId,
            NodeExecId = nodeExecId,
        };

    static string Update(ReviewMove move, string set, string which) =>
        $"UPDATE reviews SET {To(move)}, {set} WHERE {which} AND {From(move)}";

    /// <summary>The next review of an execution of which the move can be made.</summary>
    static string Next(ReviewMove move) =>
        $"user_id = @user AND node_exec_id = "
        + $"(SELECT node_exec_id FROM reviews WHERE graph_exec_id = @exec AND user_id = @user AND {From(move)} LIMIT 1)";

    static string From(ReviewMove move)
    {
        var from = Arrows(move).Select(arrow => ColumnsOf(arrow.From!.Value));
        return $"({string.Join(" OR ", from.Select(c => $"status = '{c.Status}' AND processed = {c.Processed}"))})";
    }

    /// <summary>A move that leads from several states to several leaves the status as it is.</summary>
    static string To(ReviewMove move)
    {
        var to = Arrows(move).Select(arrow => ColumnsOf(arrow.To!.Value)).ToList();
        return to is [var only] ? $"status = '{only.Status}', processed = {only.Processed}" : $"processed = {to[0].Processed}";
    }

    static IEnumerable<ReviewArrow> Arrows(ReviewMove move) => Table.Where(arrow => arrow.Move == move);

    /// <summary>How a state is stored.</summary>
    static (ReviewStatus Status, string Processed) ColumnsOf(ReviewState state) => state switch
    {
        ReviewState.Waiting => (ReviewStatus.WAITING, "FALSE"),
        ReviewState.Approved => (ReviewStatus.APPROVED, "FALSE"),
        ReviewState.Rejected => (ReviewStatus.REJECTED, "FALSE"),
        ReviewState.Used => (ReviewStatus.APPROVED, "TRUE"),
        _ => (ReviewStatus.REJECTED, "TRUE"),
    };
}
