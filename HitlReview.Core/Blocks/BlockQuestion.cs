using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks;

/// <summary>What a person is asked about a run of a block.</summary>
/// <param name="Payload">What they decide on.</param>
/// <param name="Instructions">What they are told about it; null for nothing.</param>
/// <param name="IsEditable">Whether they may change it.</param>
public sealed record BlockQuestion(JsonText Payload, string? Instructions = null, bool IsEditable = true);

/// <summary>What came of the question.</summary>
/// <param name="Approved">The verdict.</param>
/// <param name="Payload">The payload as decided.</param>
/// <param name="Message">What was said with it; null for nothing.</param>
public sealed record BlockAnswer(bool Approved, JsonText Payload, string? Message);
