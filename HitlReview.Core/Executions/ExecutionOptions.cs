namespace HitlReview.Core.Executions;

/// <summary>Bounds of the engine; section <c>Executions</c> of the settings.</summary>
public sealed class ExecutionOptions : ICheckedOptions
{
    /// <summary>
    /// The most node executions one graph execution may make; beyond, it fails as a whole, so that a loop ends. 1 to 100,000; default
    /// 1,000.
    /// </summary>
    public int MaxNodeExecutions { get; set; } = 1_000;

    /// <summary>
    /// The most bytes of UTF-8 that the inputs and outputs of one graph execution may take together; beyond, it fails as a whole.
    /// 1,000,000 to 10,000,000,000; default 64,000,000.
    /// </summary>
    public long MaxExecutionBytes { get; set; } = 64_000_000;

    /// <summary>The most executions of one user that have not ended; a start beyond is refused. 1 to 1,000,000; default 1,000.</summary>
    public int MaxUnfinished { get; set; } = 1_000;

    /// <summary>
    /// The most bytes of UTF-8 that the graphs and inputs of those executions may take together, because each is in memory while something
    /// of it runs; a start beyond is refused. 10,000,000, which is the largest graph, to 10,000,000,000; default 50,000,000.
    /// </summary>
    public long MaxUnfinishedBytes { get; set; } = 50_000_000;

    /// <summary>How often it looks for executions whose wake-up got lost. 1 s to 10 min; default 30 s.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(30);

    internal string TooManyNodes =>
        FormattableString.Invariant($"It made more than {MaxNodeExecutions} node executions (Executions:MaxNodeExecutions).");

    internal string TooManyBytes =>
        FormattableString.Invariant($"Its inputs and outputs take more than {MaxExecutionBytes:N0} bytes (Executions:MaxExecutionBytes).");

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (MaxNodeExecutions is < 1 or > 100_000)
            yield return $"Executions:MaxNodeExecutions must be between 1 and 100000; it is {MaxNodeExecutions}.";
        if (MaxExecutionBytes is < 1_000_000 or > 10_000_000_000)
            yield return $"Executions:MaxExecutionBytes must be between 1000000 and 10000000000; it is {MaxExecutionBytes}.";
        if (MaxUnfinished is < 1 or > 1_000_000)
            yield return $"Executions:MaxUnfinished must be between 1 and 1000000; it is {MaxUnfinished}.";
        if (MaxUnfinishedBytes is < 10_000_000 or > 10_000_000_000)
            yield return $"Executions:MaxUnfinishedBytes must be between 10000000 and 10000000000; it is {MaxUnfinishedBytes}.";
        if (SweepEvery < TimeSpan.FromSeconds(1) || SweepEvery > TimeSpan.FromMinutes(10))
            yield return $"Executions:SweepEvery must be between 1 s and 10 min; it is {SweepEvery}.";
    }
}
