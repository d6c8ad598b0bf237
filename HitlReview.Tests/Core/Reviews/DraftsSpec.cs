using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class DraftsOnSqlite() : DraftsSpec(new SqliteStore());

public sealed class DraftsOnPostgres() : DraftsSpec(new PostgresStore());

/// <summary>What was typed and not yet sent.</summary>
public abstract class DraftsSpec(TestStore store) : CoreSpec(store)
{
    const string Hash = "hash of what the edit started from";

    Drafts Drafts => Store.Get<Drafts>();

    Task<long> SaveAsync(string? text, string? message, long revision, Caller? who = null) =>
        Drafts.SaveAsync(who ?? Rosa, "act-1", text, message, Hash, revision, Ct);

    [Fact]
    public async Task A_draft_comes_back_as_it_was_typed_also_after_a_restart()
    {
        await AskAsync();
        Assert.Null(await Drafts.FindAsync(Rosa, "act-1", Ct));

        Assert.Equal(1, await SaveAsync("""{"to": "bo""", "not so", 0));
        await Store.RestartAsync();

        var draft = (await Drafts.FindAsync(Rosa, "act-1", Ct))!;
        Assert.Equal(("""{"to": "bo""", "not so", Hash, 1L), (draft.Text, draft.Message, draft.PayloadHash, draft.Revision));
        Assert.Equal(["act-1"], await Drafts.AmongAsync(Rosa, ["act-1", "act-2"], Ct));
    }

    [Fact]
    public async Task Of_two_windows_the_second_to_save_is_told_of_the_first_and_overwrites_nothing()
    {
        await AskAsync();
        await SaveAsync("one", null, 0);
        Assert.Equal(2, await SaveAsync("two", null, 1));

        foreach (var stale in new long[] { 0, 1 })
            Assert.Contains(
                "Another window", await RefusedAsync(Refusal.Conflict, () => SaveAsync("three", null, stale)), StringComparison.Ordinal);
        Assert.Equal("two", (await Drafts.FindAsync(Rosa, "act-1", Ct))!.Text);
    }

    [Fact]
    public async Task Of_many_first_saves_at_once_one_is_kept()
    {
        await AskAsync();
        var saved = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                return await SaveAsync($"{i}", null, 0) == 1 ? i : -1;
            }
            catch (RefusedException e) when (e.Refusal == Refusal.Conflict)
            {
                return -1;
            }
        }));
        Assert.Equal($"{Assert.Single(saved, i => i >= 0)}", (await Drafts.FindAsync(Rosa, "act-1", Ct))!.Text);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_drafts_or_reads_a_draft_about_anothers_review()
    {
        await AskAsync();
        await SaveAsync("mine", null, 0);

        foreach (var other in new[] { Ben, Ada })
        {
            Assert.Contains(
                "No review", await RefusedAsync(Refusal.NotFound, () => SaveAsync("theirs", null, 0, other)), StringComparison.Ordinal);
            Assert.Null(await Drafts.FindAsync(other, "act-1", Ct));
            await Drafts.DiscardAsync(other, "act-1", Ct);
        }
        await RefusedAsync(Refusal.NotFound, () => Drafts.SaveAsync(Rosa, "unknown", "x", null, Hash, 0, Ct));
        Assert.Equal("mine", (await Drafts.FindAsync(Rosa, "act-1", Ct))!.Text);
    }

    [Fact]
    public async Task A_decision_made_elsewhere_leaves_the_draft_alone()
    {
        await AskAsync();
        await SaveAsync("typed for an hour", "and a message", 0);
        await DecideAsync(Approve());

        Assert.Equal("typed for an hour", (await Drafts.FindAsync(Rosa, "act-1", Ct))!.Text);
        Assert.Equal(2, await SaveAsync("typed on", null, 1));
    }

    [Fact]
    public async Task Discarded_is_gone_and_listeners_hear_of_it()
    {
        await AskAsync();
        using var feed = Store.Events.Open("rosa");
        await SaveAsync("a", null, 0);
        await Drafts.DiscardAsync(Rosa, "act-1", Ct);
        await Drafts.DiscardAsync(Rosa, "act-1", Ct);
        await SaveAsync("b", null, 0);

        Assert.Equal([1L, 0L, 1L], (await feed.ReadAsync(Ct).Take(3).ToListAsync(Ct)).Cast<DraftChanged>().Select(c => c.Revision));
    }

    [Fact, Invariant(10)]
    public async Task A_draft_of_unreasonable_length_is_refused()
    {
        await AskAsync();
        await RefusedAsync(Refusal.TooLarge, () => SaveAsync(new string('x', Drafts.MaxText + 1), null, 0));
        await RefusedAsync(Refusal.TooLarge, () => SaveAsync(null, new string('x', Drafts.MaxMessage + 1), 0));
        Assert.Equal(1, await SaveAsync(new string('x', 1_000_000), null, 0));
    }
}
