namespace HitlReview.Core.Reviews;

/// <summary>Which half of the reviews a list is about.</summary>
public enum ReviewTab
{
    /// <summary>Those that wait.</summary>
    Waiting,

    /// <summary>Those that were decided, by whomever.</summary>
    Decided,
}

/// <summary>How a decided review was decided.</summary>
public enum DecidedAs
{
    /// <summary>A person approved it as it was.</summary>
    approved,

    /// <summary>A person approved it with an edit.</summary>
    edited,

    /// <summary>A person rejected it.</summary>
    rejected,

    /// <summary>A standing approval let it through.</summary>
    auto_approved,

    /// <summary>A stop, a failure or an admin's cancel ended it.</summary>
    cancelled,
}

/// <summary>What a list of reviews is narrowed to. What isn't set doesn't narrow.</summary>
public sealed record ReviewFilter
{
    /// <summary>The block id that stands for reviews without a block: those that outside agents ask for.</summary>
    public const string AgentBlock = "agent";

    /// <summary>The key id that stands for reviews that no API key asked for.</summary>
    public const string NoKey = "none";

    /// <summary>The longest text that is searched for, in UTF-16 code units.</summary>
    public const int MaxText = 200;

    /// <summary>Everything.</summary>
    public static ReviewFilter None { get; } = new();

    /// <summary>Which half.</summary>
    public ReviewTab Tab { get; init; }

    /// <summary>
    /// What is searched for, as <see cref="ReviewSearch"/> reads it: its words in payload, instructions, message, an id, or the name of the
    /// agent, the block, the graph or the chat. Compared as they read: folded (<see cref="HostileText.Folding"/>), whatever JSON escapes.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>The block, or <see cref="AgentBlock"/>.</summary>
    public string? BlockId { get; init; }

    /// <summary>The API key that asked, or <see cref="NoKey"/>.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>The graph.</summary>
    public string? GraphId { get; init; }

    /// <summary>The execution or chat.</summary>
    public string? GraphExecId { get; init; }

    /// <summary>The node.</summary>
    public string? NodeId { get; init; }

    /// <summary>Asked at least so long ago.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Asked at most so long ago.</summary>
    public TimeSpan? NewerThan { get; init; }

    /// <summary>Whether the payload may be changed.</summary>
    public bool? Editable { get; init; }

    /// <summary>True for those in which something could fool a reader, or which nobody has looked through for that.</summary>
    public bool HasWarnings { get; init; }

    /// <summary>How it was decided; for <see cref="ReviewTab.Decided"/>.</summary>
    public DecidedAs? DecidedAs { get; init; }

    /// <summary>True if only those with warnings are asked for, by choice or by what is searched for.</summary>
    public bool AsksForWarnings => HasWarnings || ReviewSearch.Parse(Text ?? "").HasWarnings;

    /// <summary>
    /// For <see cref="ReviewTab.Waiting"/>: true for only those that are put aside, where these are searched for; false for only the
    /// others; null for both, where something else is searched for, or all of an execution.
    /// </summary>
    public bool? AreSnoozed => ReviewSearch.Parse(Text ?? "").IsSnoozed ? true
        : string.IsNullOrWhiteSpace(Text) && GraphExecId is null ? false : null;

    /// <summary>
    /// True if it narrows by nothing that <see cref="ReviewCounts"/> don't know, so that nobody need look at each review.
    /// </summary>
    internal bool IsOfKinds => string.IsNullOrWhiteSpace(Text) && (GraphExecId, OlderThan, NewerThan, Editable) is (null, null, null, null)
        && !HasWarnings;

    /// <summary>True if it narrows nothing but the half.</summary>
    public bool IsEmpty => this == None with { Tab = Tab };
}
