using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Reviews;

/// <summary>What an asker hands in: one action, waiting for a person.</summary>
/// <param name="NodeExecId">The key among its user's: asking again with the same one gives the same review.</param>
/// <param name="GraphExecId">The execution it belongs to.</param>
/// <param name="NodeId">The node it belongs to; the scope of an auto-approval.</param>
/// <param name="Payload">What will run.</param>
public sealed record ReviewRequest(string NodeExecId, string GraphExecId, string NodeId, JsonText Payload)
{
    /// <summary>The graph, if there is one.</summary>
    public string? GraphId { get; init; }

    /// <summary>Its version.</summary>
    public int? GraphVersion { get; init; }

    /// <summary>The block that will run; null where an outside agent asks.</summary>
    public string? BlockId { get; init; }

    /// <summary>The asker's words to the reviewer.</summary>
    public string? Instructions { get; init; }

    /// <summary>As <see cref="Review.AfterReading"/>.</summary>
    public string? AfterReading { get; init; }

    /// <summary>Whether the reviewer may change the payload.</summary>
    public bool Editable { get; init; } = true;

    /// <summary>The API key that asks; null for a person.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key is called.</summary>
    public string? AskedBy { get; init; }

    /// <summary>As <see cref="Review.Warnings"/>; null where it is still to be counted.</summary>
    public int? Warnings { get; init; }

    /// <summary>As <see cref="Review.AsRead"/>; null also where <see cref="Warnings"/> is.</summary>
    public string? AsRead { get; init; }

    /// <summary>As <see cref="Review.InstructionsAsRead"/>; null also where <see cref="Warnings"/> is.</summary>
    public string? InstructionsAsRead { get; init; }

    /// <summary>
    /// The same read through: before the transaction, where that can be, because it takes the whole payload and all others wait meanwhile.
    /// </summary>
    internal ReviewRequest ReadThrough() => Warnings is not null ? this : this with
    {
        AsRead = Review.AsReadOf(Payload),
        InstructionsAsRead = Instructions is null ? null : Review.FoldedOf(Instructions),
        Warnings = Traps.Find(Payload).Count + (Instructions is null ? 0 : Traps.Find(Instructions).Count) + (AfterReading is null ? 0 : 1),
    };

    internal Review ToReview(string userId, ReviewOrigin origin, DateTimeOffset now) => ReadThrough().AsReview(userId, origin, now);

    Review AsReview(string userId, ReviewOrigin origin, DateTimeOffset now) => new()
    {
        NodeExecId = NodeExecId,
        UserId = userId,
        GraphExecId = GraphExecId,
        GraphId = GraphId,
        GraphVersion = GraphVersion,
        NodeId = NodeId,
        BlockId = BlockId,
        Origin = origin,
        AskedByKeyId = AskedByKeyId,
        AskedBy = AskedBy,
        Payload = Payload.Text,
        PayloadHash = Payload.Hash,
        PayloadKey = origin == ReviewOrigin.Copilot ? Payload.ValueKey : null,
        Instructions = Instructions,
        AfterReading = AfterReading,
        Warnings = Warnings,
        AsRead = AsRead,
        InstructionsAsRead = InstructionsAsRead,
        Editable = Editable,
        CreatedAt = now,
    };
}
