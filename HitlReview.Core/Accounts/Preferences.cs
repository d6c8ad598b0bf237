using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Accounts;

/// <summary>Reads and changes how a user's pages behave.</summary>
public sealed class Preferences(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The caller's preferences; the defaults where they have changed none.</summary>
    public async Task<UserPreferences> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.UserPreferences.AsNoTracking().FirstOrDefaultAsync(p => p.UserId == caller.UserId, ct)
            ?? new() { UserId = caller.UserId };
    }

    /// <summary>Changes the caller's preferences.</summary>
    /// <exception cref="RefusedException">Invalid: a value is out of its range; the message names it.</exception>
    public Task SetAsync(Caller caller, UserPreferences wanted, CancellationToken ct)
    {
        if (wanted.UndoSeconds is < 0 or > UserPreferences.MaxUndoSeconds)
            throw new RefusedException(
                Refusal.Invalid, $"undo_seconds must be between 0 and {UserPreferences.MaxUndoSeconds}; it is {wanted.UndoSeconds}.");
        return queue.WriteAsync(caller, async tx =>
        {
            await tx.ExecuteAsync("""
                INSERT INTO user_preferences (user_id, undo_seconds, single_keys, notifies, sounds)
                VALUES (@user, @undo, @keys, @notifies, @sounds)
                ON CONFLICT (user_id) DO UPDATE SET undo_seconds = excluded.undo_seconds, single_keys = excluded.single_keys,
                    notifies = excluded.notifies, sounds = excluded.sounds
                """,
            ct,
            ("user", caller.UserId),
            ("undo", wanted.UndoSeconds),
            ("keys", wanted.SingleKeys),
            ("notifies", wanted.Notifies),
            ("sounds", wanted.Sounds));
            tx.Tell(new PreferencesChanged(caller.UserId));
        }, ct);
    }
}
