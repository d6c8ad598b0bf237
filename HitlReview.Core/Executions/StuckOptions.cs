namespace HitlReview.Core.Executions;

/// <summary>
/// How long an execution may stay in a state before an admin is told; section <c>Stuck</c> of the settings. Each 1 s to 365 d.
/// </summary>
public sealed class StuckOptions : ICheckedOptions
{
    /// <summary>Waiting for a person; default 24 h.</summary>
    public TimeSpan Review { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Running; default 1 h.</summary>
    public TimeSpan Running { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Ready to run; default 5 min.</summary>
    public TimeSpan Queued { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        foreach (var (setting, value) in new[] { ("Review", Review), ("Running", Running), ("Queued", Queued) })
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromDays(365))
                yield return $"Stuck:{setting} must be between 1 s and 365 d; it is {value}.";
    }
}
