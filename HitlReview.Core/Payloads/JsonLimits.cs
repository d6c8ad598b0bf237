namespace HitlReview.Core.Payloads;

/// <summary>How large a JSON text may be.</summary>
/// <param name="MaxDepth">The deepest allowed nesting, counted in brackets: <c>[[]]</c> is 2 deep.</param>
/// <param name="MaxBytes">The most bytes the text may take as UTF-8.</param>
public sealed record JsonLimits(int MaxDepth, int MaxBytes)
{
    /// <summary>What a payload may be: 64 deep and 1,000,000 bytes.</summary>
    public static JsonLimits Payload { get; } = new(64, 1_000_000);

    /// <summary>
    /// What an object of payloads may be, such as the input of a node: one level and 100,000 bytes more, so that a payload of the full size
    /// still fits into a pin.
    /// </summary>
    public static JsonLimits Envelope { get; } = new(65, 1_100_000);
}
