namespace HitlReview.Core.Actions;

/// <summary>How a run of a block ended.</summary>
/// <param name="Output">What it put out; null if it did not complete.</param>
/// <param name="Failure">Why it did not complete, for its user; null if it did.</param>
/// <param name="Stopped">True if it gave up because it was asked to.</param>
sealed record ActionEnd(ComposedOutput? Output, string? Failure, bool Stopped)
{
    /// <summary>What kept the end itself from being recorded as it was; null for nothing.</summary>
    public Exception? Fault { get; init; }

    /// <summary>What is said of it beside its output: why it failed, or why its output isn't kept; null for nothing.</summary>
    public string? Error => Failure ?? Output?.NotKept;
}
