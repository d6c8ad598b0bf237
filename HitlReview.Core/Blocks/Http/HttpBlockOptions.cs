namespace HitlReview.Core.Blocks.Http;

/// <summary>Settings <c>Blocks:Http:*</c>.</summary>
public sealed class HttpBlockOptions : ICheckedOptions
{
    /// <summary>
    /// Lets requests go to private, loopback and link-local addresses too. Off by default: with it every user reaches what this machine
    /// reaches.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>How long a request may take altogether where its input does not say. 1 s to 10 min, by default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes of an answer's body are read. 1 to 1,000,000, by default 900,000.</summary>
    public int MaxResponseBytes { get; set; } = 900_000;

    /// <summary>How many redirects of a GET or HEAD are followed. 0 to 20, by default 5.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10))
            yield return FormattableString.Invariant(
                $"Blocks:Http:Timeout must be between 1 s and 10 min; it is {Timeout.TotalSeconds} s.");
        if (MaxResponseBytes is < 1 or > 1_000_000)
            yield return FormattableString.Invariant(
                $"Blocks:Http:MaxResponseBytes must be between 1 and 1,000,000; it is {MaxResponseBytes:N0}.");
        if (MaxRedirects is < 0 or > 20)
            yield return FormattableString.Invariant($"Blocks:Http:MaxRedirects must be between 0 and 20; it is {MaxRedirects}.");
    }
}
