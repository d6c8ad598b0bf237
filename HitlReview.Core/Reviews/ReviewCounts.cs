using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>How many reviews of one kind stand in one way.</summary>
sealed class ReviewCount : IAsked
{
    /// <summary>The standing of those that wait; that of the others is a name of <see cref="DecidedAs"/>.</summary>
    public const string Waiting = "waiting";

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>How they stand.</summary>
    public required string Standing { get; init; }

    /// <summary>Their graph; empty for none.</summary>
    public required string GraphId { get; init; }

    /// <summary>Their node.</summary>
    public required string NodeId { get; init; }

    /// <summary>Their block; empty for none.</summary>
    public required string BlockId { get; init; }

    /// <summary>The API key that asked for them; empty for none.</summary>
    public required string? AskedByKeyId { get; init; }

    /// <summary>What that key was called when it asked last.</summary>
    public string? AskedBy { get; init; }

    /// <summary>How many.</summary>
    public required long Reviews { get; init; }

    /// <summary>When one of them came to stand so last, also if it doesn't any more: of those that wait, when that was asked for.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How a review stands.</summary>
    public static string StandingOf(Review review) => review switch
    {
        { Status: ReviewStatus.WAITING } => Waiting,
        { Status: ReviewStatus.APPROVED, WasEdited: true } => nameof(DecidedAs.edited),
        { Status: ReviewStatus.APPROVED, AutoApproved: true } => nameof(DecidedAs.auto_approved),
        { Status: ReviewStatus.APPROVED } => nameof(DecidedAs.approved),
        { ReviewedBy: null } => nameof(DecidedAs.cancelled),
        _ => nameof(DecidedAs.rejected),
    };
}

/// <summary>How many reviews of a kind stand in one way.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphId">Their graph; null for none.</param>
/// <param name="NodeId">Their node.</param>
/// <param name="BlockId">Their block; null for none.</param>
/// <param name="AskedByKeyId">The API key that asked for them; null for none.</param>
/// <param name="AskedBy">What that key is called.</param>
/// <param name="Standing">How they stand: <see cref="ReviewCount.Standing"/>.</param>
sealed record ReviewKind(
    string UserId, string? GraphId, string NodeId, string? BlockId, string? AskedByKeyId, string? AskedBy, string Standing) : IKeptNumber
{
    /// <summary>That of a review.</summary>
    public static ReviewKind Of(Review review) => new(
        review.UserId, review.GraphId, review.NodeId, review.BlockId, review.AskedByKeyId, review.AskedBy, ReviewCount.StandingOf(review));

    /// <inheritdoc/>
    public Task AddAsync(WriteTransaction tx, long change, bool grew, CancellationToken ct) => tx.ExecuteAsync(
        """
        INSERT INTO review_counts (user_id, standing, graph_id, node_id, block_id, asked_by_key_id, asked_by, reviews, last_at)
        VALUES (@user, @standing, @graph, @node, @block, @key, @by, @change, @now)
        ON CONFLICT (user_id, standing, graph_id, node_id, block_id, asked_by_key_id) DO UPDATE
        SET reviews = review_counts.reviews + excluded.reviews, asked_by = excluded.asked_by,
            last_at = CASE WHEN @grew THEN excluded.last_at ELSE review_counts.last_at END
        """, ct,
        ("user", UserId), ("standing", Standing), ("graph", GraphId ?? ""), ("node", NodeId), ("block", BlockId ?? ""),
        ("key", AskedByKeyId ?? ""), ("by", AskedBy), ("change", change), ("now", tx.Now), ("grew", grew));
}

/// <summary>
/// How many reviews there are of each kind, counted along with each move in the same transaction: looking at each of a million takes
/// half a second, and lists are counted whenever anything changes.
/// </summary>
static class ReviewCounts
{
    const int Portion = 1_000;

    /// <summary>What the table says, found out by looking at each review: for tests, and for what was not written by moves.</summary>
    internal const string Recounted = """
        SELECT user_id, CASE WHEN status = 'WAITING' THEN 'waiting'
                WHEN status = 'APPROVED' THEN CASE WHEN was_edited THEN 'edited' WHEN auto_approved THEN 'auto_approved' ELSE 'approved' END
                WHEN reviewed_by IS NULL THEN 'cancelled' ELSE 'rejected' END AS standing,
            coalesce(graph_id, '') AS graph_id, node_id, coalesce(block_id, '') AS block_id,
            coalesce(asked_by_key_id, '') AS asked_by_key_id, max(asked_by) AS asked_by, count(*) AS reviews, max(created_at) AS last_at
        FROM reviews GROUP BY 1, 2, 3, 4, 5, 6
        """;

    /// <summary>Counts reviews of a kind from one standing into another.</summary>
    /// <param name="tx">The transaction in which they move.</param>
    /// <param name="from">How they stood; null for new ones.</param>
    /// <param name="to">How they stand; null for deleted ones.</param>
    /// <param name="count">How many they are.</param>
    public static void Move(WriteTransaction tx, ReviewKind? from, ReviewKind? to, long count = 1)
    {
        if (from is not null)
            tx.Add(from, -count);
        if (to is not null)
            tx.Add(to, count);
    }

    /// <summary>
    /// Forgets kinds of which there have been none for a while: each move of the only one of a kind would else take two statements more,
    /// and agents may give each review a node of its own.
    /// </summary>
    /// <param name="tx">The transaction; one takes a portion.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>False if there are no more.</returns>
    public static async Task<bool> ForgetEmptyAsync(WriteTransaction tx, CancellationToken ct) => await tx.ExecuteAsync(
        $"""
        DELETE FROM review_counts WHERE (user_id, standing, graph_id, node_id, block_id, asked_by_key_id) IN (
            SELECT user_id, standing, graph_id, node_id, block_id, asked_by_key_id FROM review_counts
            WHERE reviews = 0 AND last_at < @before LIMIT {Portion})
        """, ct, ("before", tx.Now - TimeSpan.FromMinutes(1))) == Portion;
}
