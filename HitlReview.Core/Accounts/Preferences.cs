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
        CheckLines(wanted.RejectReasons, "reject_reasons", UserPreferences.MaxReasons, UserPreferences.MaxReason);
        CheckLines(wanted.SavedViews, "saved_views", UserPreferences.MaxViews, UserPreferences.MaxView);
        return queue.WriteAsync(caller, async tx =>
        {
            await tx.ExecuteAsync("""
                INSERT INTO user_preferences (user_id, undo_seconds, single_keys, notifies, sounds, reject_reasons, saved_views)
                VALUES (@user, @undo, @keys, @notifies, @sounds, @reasons, @views)
                ON CONFLICT (user_id) DO UPDATE SET undo_seconds = excluded.undo_seconds, single_keys = excluded.single_keys,
                    notifies = excluded.notifies, sounds = excluded.sounds, reject_reasons = excluded.reject_reasons,
                    saved_views = excluded.saved_views
                """,
            ct,
            ("user", caller.UserId),
            ("undo", wanted.UndoSeconds),
            ("keys", wanted.SingleKeys),
            ("notifies", wanted.Notifies),
            ("sounds", wanted.Sounds),
            ("reasons", wanted.RejectReasons),
            ("views", wanted.SavedViews));
            tx.Tell(new PreferencesChanged(caller.UserId));
        }, ct);
    }

    static void CheckLines(string? lines, string name, int most, int longest)
    {
        var each = lines?.Split('\n') ?? [];
        if (each.Length > most)
            throw new RefusedException(Refusal.Invalid, $"{name} must have at most {most} lines; it has {each.Length}.");
        if (each.Any(line => line.Length > longest))
            throw new RefusedException(Refusal.Invalid, $"Each line of {name} must have at most {longest} characters.");
        Identifiers.CheckText(lines, name, most * longest + most);
    }
}
