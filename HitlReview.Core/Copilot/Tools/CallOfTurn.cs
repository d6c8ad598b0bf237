namespace HitlReview.Core.Copilot.Tools;

/// <summary>The call of a turn, for what must happen in one transaction with it.</summary>
/// <param name="TurnId">The turn.</param>
/// <param name="MessageId">The call's message.</param>
sealed record CallOfTurn(string TurnId, string MessageId);
