using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Payload;

/// <summary>What stands in the editor.</summary>
/// <param name="Text">The text as typed.</param>
/// <param name="Json">The text as JSON; null where it is none, or none that is accepted.</param>
/// <param name="Faults">What keeps it from being sent; none if it can be.</param>
/// <param name="Touched">False as long as it is the text that the editor opened with.</param>
public sealed record PayloadDraft(string Text, JsonText? Json, IReadOnlyList<SchemaFault> Faults, bool Touched);
