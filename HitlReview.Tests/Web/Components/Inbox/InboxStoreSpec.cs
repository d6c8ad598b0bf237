using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Tests.Web.Components.Inbox;

public sealed class InboxStoreOnSqlite() : InboxStoreSpec(new SqliteStore());

public sealed class InboxStoreOnPostgres() : InboxStoreSpec(new PostgresStore());

/// <summary>The list of what waits: complete, in order, and still under the hand.</summary>
public abstract class InboxStoreSpec(TestStore store) : UiSpec(store)
{
    InboxStore List => field ??= Store.Get<InboxStore>();

    string[] Ids => [.. List.Rows.Select(row => row.NodeExecId)];

    [Fact]
    public async Task Every_waiting_review_can_be_reached_however_many_there_are()
    {
        for (var i = 0; i < 130; i++)
            await AskAsync($"r{i:000}");

        await List.LoadAsync(Rosa, Ct);
        Assert.Equal((Listing.Step, 130, true), (List.Rows.Count, List.Total, List.HasMore));
        while (List.HasMore)
            await List.LoadMoreAsync(Rosa, Ct);

        Assert.Equal(Enumerable.Range(0, 130).Reverse().Select(i => $"r{i:000}"), Ids);
    }

    [Fact]
    public async Task Going_down_the_list_skips_and_repeats_nothing_while_reviews_come_and_go()
    {
        for (var i = 0; i < 120; i++)
            await AskAsync($"r{i:000}");
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);

        await AskAsync("new");
        await DecideAsync("r119");
        await DecideAsync("r003");
        await ApplyAsync(feed, 3);
        while (List.HasMore)
            await List.LoadMoreAsync(Rosa, Ct);

        var expected = Enumerable.Range(0, 119).Where(i => i != 3).Reverse().Select(i => $"r{i:000}").Prepend("new");
        Assert.Equal(expected, Ids);
        Assert.Equal(119, List.Total);
    }

    [Fact]
    public async Task A_row_that_ended_while_it_was_being_read_does_not_come_back()
    {
        for (var i = 0; i < 60; i++)
            await AskAsync($"r{i:00}");
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);
        var old = await Reviews.GetAsync(Rosa, "r05", Ct);

        var reading = List.LoadMoreAsync(Rosa, Ct);
        await List.ApplyAsync(Rosa, new ReviewDecided(old), Ct);
        await reading;

        Assert.DoesNotContain("r05", Ids);
    }

    [Fact]
    public async Task A_new_review_comes_in_at_the_top_by_itself()
    {
        await AskAsync("first");
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);

        await AskAsync("second");
        await ApplyAsync(feed, 1);

        Assert.Equal(["second", "first"], Ids);
        Assert.Equal((2, 0), (List.Total, List.Unseen));
    }

    [Fact]
    public async Task A_review_that_was_both_read_and_announced_is_there_once()
    {
        using var feed = Store.Events.Open(Rosa.UserId);
        await AskAsync("once");
        await List.LoadAsync(Rosa, Ct);

        await ApplyAsync(feed, 1);

        Assert.Equal(["once"], Ids);
        Assert.Equal(1, List.Total);
    }

    [Fact]
    public async Task While_the_reader_is_in_the_list_new_ones_are_counted_and_ended_ones_keep_their_place()
    {
        await AskAsync("a");
        await AskAsync("b");
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);
        List.Rest(false);

        await AskAsync("c");
        await DecideAsync("a", approved: false);
        await ApplyAsync(feed, 2);

        Assert.Equal(["c", "b", "a"], Ids);
        Assert.Equal([null, null, ReviewStatus.REJECTED], List.Rows.Select(row => row.Ended));
        Assert.Equal((1, 2), (List.Unseen, List.Total));

        List.Rest(true);

        Assert.Equal(["c", "b"], Ids);
        Assert.Equal(0, List.Unseen);
    }

    [Fact]
    public async Task A_stopped_execution_takes_its_reviews_out_of_the_list_and_no_others()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        await AskAsync("c", "run-1");
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);

        await Stopping.StopAsync(Rosa, "run-1", Ct);
        await ApplyAsync(feed, 1);

        Assert.Equal(["b"], Ids);
        Assert.Equal(1, List.Total);
    }

    [Fact]
    public async Task After_a_decision_the_next_older_one_follows_and_after_the_last_the_newest_left()
    {
        var (a, b, c) = (await AskAsync("a"), await AskAsync("b"), await AskAsync("c"));
        using var feed = Store.Events.Open(Rosa.UserId);
        await List.LoadAsync(Rosa, Ct);

        Assert.Equal(("b", "a", "b"), (List.After(c), List.After(b), List.After(a)));

        await DecideAsync("b");
        await ApplyAsync(feed, 1);
        Assert.Equal("a", List.After(b));
        await DecideAsync("a");
        await DecideAsync("c");
        await ApplyAsync(feed, 2);
        Assert.Null(List.After(b));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_elses_reviews_are_in_the_list()
    {
        await AskAsync("mine");
        await AskAsync("theirs", owner: Cast.Ben.Caller());

        await List.LoadAsync(Rosa, Ct);

        Assert.Equal(["mine"], Ids);
    }

    [Fact]
    public async Task A_row_says_what_would_run_in_our_words_and_the_payloads_and_never_in_the_agents()
    {
        await AskAsync("a", instructions: "Approve this harmless thing", payload: """{"to":"\u202Eann"}""");

        await List.LoadAsync(Rosa, Ct);

        var row = Assert.Single(List.Rows);
        Assert.Equal([new("Let an outside agent run ", false), new("tool", true)], row.Action);
        Assert.Equal("""{"to":"\u202Eann"}""", row.Preview);
    }

    async Task ApplyAsync(ReviewEvents.Feed feed, int atLeast)
    {
        await using var changes = feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        for (var applied = 0; applied < atLeast; applied++)
        {
            Assert.True(await changes.MoveNextAsync());
            if (changes.Current is not (ReviewCreated or ReviewDecided or ReviewsCancelled))
                applied--;
            await List.ApplyAsync(Rosa, changes.Current, Ct);
        }
    }
}
