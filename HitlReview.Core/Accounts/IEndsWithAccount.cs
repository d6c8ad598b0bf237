namespace HitlReview.Core.Accounts;

/// <summary>What somebody has under way, which ends when their account is disabled.</summary>
public interface IEndsWithAccount
{
    /// <summary>Stops all of it; no action of theirs starts meanwhile.</summary>
    /// <param name="userId">Who; disabled already.</param>
    /// <param name="by">Who disabled them; null where HitlReview itself finds it out.</param>
    /// <param name="ct">Gives up between two portions.</param>
    /// <returns>How much it stopped.</returns>
    Task<int> StopDisabledAsync(string userId, Caller? by, CancellationToken ct);
}
