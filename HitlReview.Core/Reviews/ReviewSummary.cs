using System.Linq.Expressions;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>What a list shows of a review: all of it but the rest of a long payload.</summary>
public sealed record ReviewSummary
{
    /// <summary>How much of a payload is read for a list, in UTF-16 code units.</summary>
    public const int PayloadStartLength = 16_384;

    /// <summary>The review.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The execution or chat.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>The graph, if the asker named one.</summary>
    public string? GraphId { get; init; }

    /// <summary>The node.</summary>
    public required string NodeId { get; init; }

    /// <summary>The block; null where an outside agent asks.</summary>
    public string? BlockId { get; init; }

    /// <summary>Who runs the action.</summary>
    public required ReviewOrigin Origin { get; init; }

    /// <summary>The API key that asked; null where a person did.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called when it asked.</summary>
    public string? AskedBy { get; init; }

    /// <summary>How the payload begins: whole up to <see cref="PayloadStartLength"/>.</summary>
    public required string PayloadStart { get; init; }

    /// <summary>The hash of the whole payload.</summary>
    public required string PayloadHash { get; init; }

    /// <inheritdoc cref="Review.Warnings"/>
    public int? Warnings { get; init; }

    /// <summary>Whether the payload may be changed.</summary>
    public required bool Editable { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReviewStatus Status { get; init; }

    /// <summary>The reviewer's words.</summary>
    public string? ReviewMessage { get; init; }

    /// <summary>True if it was approved with an edit.</summary>
    public required bool WasEdited { get; init; }

    /// <summary>True once the decision has been used.</summary>
    public required bool Processed { get; init; }

    /// <summary>True if a standing approval decided it.</summary>
    public required bool AutoApproved { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? ReviewedAt { get; init; }

    /// <summary>Who decided it; null for a standing approval and a stop.</summary>
    public string? ReviewedBy { get; init; }

    /// <summary>The name of the API key that decided in their name; null where they did it themselves.</summary>
    public string? ReviewedWith { get; init; }

    /// <summary>When the decision was taken up.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>What a list shows of a review, for queries.</summary>
    internal static readonly Expression<Func<Review, ReviewSummary>> OfRow = r => new ReviewSummary
    {
        NodeExecId = r.NodeExecId,
        UserId = r.UserId,
        GraphExecId = r.GraphExecId,
        GraphId = r.GraphId,
        NodeId = r.NodeId,
        BlockId = r.BlockId,
        Origin = r.Origin,
        AskedByKeyId = r.AskedByKeyId,
        AskedBy = r.AskedBy,
        PayloadStart = HitlDbContext.Start(r.Payload, PayloadStartLength),
        PayloadHash = r.PayloadHash,
        Warnings = r.Warnings,
        Editable = r.Editable,
        Status = r.Status,
        ReviewMessage = r.ReviewMessage,
        WasEdited = r.WasEdited,
        Processed = r.Processed,
        AutoApproved = r.AutoApproved,
        CreatedAt = r.CreatedAt,
        ReviewedAt = r.ReviewedAt,
        ReviewedBy = r.ReviewedBy,
        ReviewedWith = r.ReviewedWith,
        DeliveredAt = r.DeliveredAt,
    };

    /// <summary>
    /// The same without payload and message, for whoever reads the review itself: those of a thousand would be in the way.
    /// </summary>
    internal static readonly Expression<Func<Review, ReviewSummary>> WithoutTexts = LeaveOutTexts();

    static Expression<Func<Review, ReviewSummary>> LeaveOutTexts()
    {
        var row = (MemberInitExpression)OfRow.Body;
        return Expression.Lambda<Func<Review, ReviewSummary>>(
            row.Update(row.NewExpression, row.Bindings.Where(set => set.Member.Name != nameof(ReviewMessage)).Select(set =>
                set.Member.Name == nameof(PayloadStart) ? Expression.Bind(set.Member, Expression.Constant("")) : set)),
            OfRow.Parameters);
    }

    static readonly Func<Review, ReviewSummary> s_of = OfRow.Compile();

    /// <summary>What a list shows of this review.</summary>
    public static ReviewSummary Of(Review review) => s_of(review);
}
