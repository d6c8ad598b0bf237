using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks;

/// <summary>One value that a block emits.</summary>
/// <param name="Pin">One of the block's output pins.</param>
/// <param name="Value">The value.</param>
public sealed record BlockOutput(string Pin, JsonText Value);
