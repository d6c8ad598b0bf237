using System.Text.Json.Serialization;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Wire;

/// <summary>A review as a program sees it. The payload is embedded to the byte.</summary>
public sealed record ReviewModel
{
    public required string NodeExecId { get; init; }
    public required string NodeId { get; init; }
    public required string UserId { get; init; }
    public required string GraphExecId { get; init; }
    public string? GraphId { get; init; }
    public int? GraphVersion { get; init; }
    public required JsonText Payload { get; init; }
    public required string PayloadHash { get; init; }
    public string? Instructions { get; init; }
    public required bool Editable { get; init; }
    public required ReviewStatus Status { get; init; }
    public string? ReviewMessage { get; init; }
    public required bool WasEdited { get; init; }
    public required bool Processed { get; init; }
    public required bool AutoApproved { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? ReviewedAt { get; init; }
    public string? ReviewedBy { get; init; }

    /// <summary>The name of the API key that decided in that person's name; null where they did it themselves.</summary>
    public string? ReviewedWith { get; init; }

    /// <summary>The name of the API key that asked; null where a person did.</summary>
    public string? AskedBy { get; init; }

    public string? BlockId { get; init; }
    public string? BlockName { get; init; }
    public required IReadOnlyList<ReviewAction> AllowedActions { get; init; }

    /// <summary>Where a person reads and decides it; only in the answer to who asks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReviewUrl { get; init; }

    public static ReviewModel Of(Review review, Caller caller, BlockRegistry blocks) => new()
    {
        NodeExecId = review.NodeExecId,
        NodeId = review.NodeId,
        UserId = review.UserId,
        GraphExecId = review.GraphExecId,
        GraphId = review.GraphId,
        GraphVersion = review.GraphVersion,
        Payload = JsonText.Trusted(review.Payload),
        PayloadHash = review.PayloadHash,
        Instructions = review.Instructions,
        Editable = review.Editable,
        Status = review.Status,
        ReviewMessage = review.ReviewMessage,
        WasEdited = review.WasEdited,
        Processed = review.Processed,
        AutoApproved = review.AutoApproved,
        CreatedAt = review.CreatedAt,
        UpdatedAt = review.UpdatedAt,
        ReviewedAt = review.ReviewedAt,
        ReviewedBy = review.ReviewedBy,
        ReviewedWith = review.ReviewedWith,
        AskedBy = review.AskedBy,
        BlockId = review.BlockId,
        BlockName = blocks.Find(review.BlockId)?.Name,
        AllowedActions = ReviewRules.AllowedActions(caller, review),
    };
}
