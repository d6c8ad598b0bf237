using HitlReview.Core.Events;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>
/// Something in a chat changed: what stands in it, what waits to be said, its title or place, or that it is there at all.
/// </summary>
/// <param name="UserId">The owner.</param>
/// <param name="SessionId">The chat.</param>
/// <param name="AskedByKeyId">The API key that opened it; null where a person did.</param>
/// <param name="From">The first place at which something that was complete has changed; null for none.</param>
public sealed record ChatChanged(string UserId, string SessionId, string? AskedByKeyId, int? From = null) : Change(UserId, AskedByKeyId);
