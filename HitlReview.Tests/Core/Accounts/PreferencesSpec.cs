using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Accounts;

public sealed class PreferencesOnSqlite() : PreferencesSpec(new SqliteStore());

public sealed class PreferencesOnPostgres() : PreferencesSpec(new PostgresStore());

/// <summary>How a user's pages behave.</summary>
public abstract class PreferencesSpec(TestStore store) : CoreSpec(store)
{
    Preferences Preferences => Store.Get<Preferences>();

    [Fact]
    public async Task Until_they_are_changed_the_defaults_hold()
    {
        var preferences = await Preferences.GetAsync(Rosa, Ct);
        Assert.Equal((5, true, false, false), (preferences.UndoSeconds, preferences.SingleKeys, preferences.Notifies, preferences.Sounds));
    }

    [Fact, Invariant(1)]
    public async Task What_one_user_changes_is_theirs_alone_and_lasts()
    {
        await Preferences.SetAsync(
            Rosa, new() { UserId = "ignored", UndoSeconds = 0, SingleKeys = false, Notifies = true, Sounds = true }, Ct);
        await Preferences.SetAsync(
            Rosa, new() { UserId = "ignored", UndoSeconds = 120, SingleKeys = false, Notifies = true, Sounds = false }, Ct);
        await Store.RestartAsync();

        var (hers, his) = (await Preferences.GetAsync(Rosa, Ct), await Preferences.GetAsync(Ben, Ct));
        Assert.Equal((120, false, true, false), (hers.UndoSeconds, hers.SingleKeys, hers.Notifies, hers.Sounds));
        Assert.Equal(5, his.UndoSeconds);
    }

    [Theory, Invariant(10)]
    [InlineData(-1), InlineData(121)]
    public async Task A_time_to_undo_out_of_range_is_refused(int seconds) =>
        Assert.Contains(
            "undo_seconds",
            await RefusedAsync(Refusal.Invalid, () => Preferences.SetAsync(Rosa, new() { UserId = "rosa", UndoSeconds = seconds }, Ct)),
            StringComparison.Ordinal);
}
