using Xunit.v3;

namespace HitlReview.Tests.Support;

/// <summary>Names the invariant of the design that a test proves.</summary>
/// <param name="number">Its number, 1 to 10.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class InvariantAttribute(int number) : Attribute, ITraitAttribute
{
    /// <summary>How many invariants the design has.</summary>
    public const int Count = 11;

    /// <summary>The number of the invariant.</summary>
    public int Number { get; } = number;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Invariant", $"{Number}")];
}
