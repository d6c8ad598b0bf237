using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Showing;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Inbox;

public sealed class InboxStoreOnSqlite() : InboxStoreSpec(new SqliteStore());

public sealed class InboxStoreOnPostgres() : InboxStoreSpec(new PostgresStore());

/// <summary>The list of what waits: complete, in order, and still under the hand.</summary>
public abstract class InboxStoreSpec(TestStore store) : InboxListSpec(store)
{
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_thousand_are_scrolled_through_down_and_up_and_each_stands_in_its_place_once(bool oldestFirst)
    {
        await AskManyAsync(1_000);
        await OpenAsync(Waiting with { OldestFirst = oldestFirst });
        var all = oldestFirst ? Names(0, 1_000).Reverse() : Names(0, 1_000);

        Assert.Equal(1_000, List.Total);
        Assert.Equal(all, await WalkAsync());
        Assert.Equal(all, await WalkAsync(upwards: true));
        Assert.InRange(List.Groups.Sum(group => group.Rows.Count), 1, 500);
    }

    [Fact]
    public async Task At_first_there_is_a_screen_of_rows_and_those_around_it_once_the_screen_is_known()
    {
        await AskManyAsync(100);

        await OpenAsync();
        Assert.Equal((Screen / InboxRows.RowHeight) + 1, List.Window.Entries.Count);
        await List.ScrollAsync(Rosa, 0, Screen, Ct);

        Assert.InRange(List.Window.Entries.Count, (Screen / InboxRows.RowHeight) + 5, 30);
        Assert.Equal(Name(99), Ids[0]);
    }

    [Fact]
    public async Task Any_place_can_be_jumped_to_and_gone_on_from_in_both_directions()
    {
        await AskManyAsync(600);
        await OpenAsync();

        await List.ScrollAsync(Rosa, 300 * InboxRows.RowHeight, Screen, Ct);
        Assert.Contains(Name(299), Ids);
        Assert.DoesNotContain(null, Rows);
        for (var row = 300; row >= 0; row -= 10)
            await List.ScrollAsync(Rosa, row * InboxRows.RowHeight, Screen, Ct);
        Assert.Equal(Name(599), Ids[0]);

        Assert.Equal(Names(0, 600), await WalkAsync());
    }

    [Fact]
    public async Task Going_through_the_list_skips_and_repeats_nothing_while_reviews_come_and_go()
    {
        await AskManyAsync(300);
        await OpenAsync();

        await AskAsync("s-new");
        await DecideAsync(Name(299));
        await DecideAsync(Name(3));
        await HearAsync(3);

        Assert.Equal(Names(0, 299).Where(id => id != Name(3)).Prepend("s-new"), await WalkAsync());
        Assert.Equal(299, List.Total);
    }

    [Fact]
    public async Task What_comes_between_the_counting_and_the_reading_is_in_the_list()
    {
        var list = Watched(query => query == 2 ? AskAsync("b") : Task.CompletedTask);
        await AskAsync("a");
        Listen();

        await list.LoadAsync(Rosa, Waiting, Ct);
        await HearAsync(list, 1);

        Assert.Equal(["b", "a"], list.Window.Entries.Select(entry => entry.Row?.Id));
        Assert.Equal(2, list.Total);
    }

    [Fact]
    public async Task The_newest_of_all_is_put_before_the_others_without_reading_them_anew()
    {
        var queries = 0;
        var list = Watched(query => Task.FromResult(queries = query));
        Listen();
        await list.LoadAsync(Rosa, Waiting, Ct);
        var before = queries;

        for (var i = 0; i < 100; i++)
            await AskAsync(Name(i));
        await HearAsync(list, 100);

        Assert.Equal(before, queries);
        Assert.Equal(100, list.Total);
        Assert.InRange(list.Groups.Single().Rows.Count, 30, 60);
        Assert.Equal(Names(0, 100), await WalkAsync(list));
    }

    [Fact]
    public async Task A_decided_one_leaves_a_list_that_rests_without_reading_the_others_anew()
    {
        await AskManyAsync(200);
        var queries = 0;
        var list = Watched(query => Task.FromResult(queries = query));
        Listen();
        await list.LoadAsync(Rosa, Waiting, Ct);
        list.Select(Name(198), true);
        var before = queries;

        foreach (var i in (int[])[199, 198, 190])
            await DecideAsync(Name(i));
        await HearAsync(list, 3);

        Assert.Equal(before, queries);
        Assert.Equal(197, list.Total);
        Assert.Empty(list.Selection.Rows);
        Assert.Equal([Name(197), Name(196)], list.Window.Entries.Take(2).Select(entry => entry.Row?.Id));
        Assert.Equal(Names(0, 200).Where(id => id != Name(199) && id != Name(198) && id != Name(190)), await WalkAsync(list));
        // One that isn't held is counted out all the same.
        await list.ScrollAsync(Rosa, 0, Screen, Ct);
        await DecideAsync(Name(0));
        await HearAsync(list, 1);
        Assert.Equal(196, list.Total);
    }

    [Fact]
    public async Task Those_of_one_instant_stand_in_one_order_whichever_was_heard_of_first()
    {
        await OpenAsync();

        foreach (var id in new[] { "b", "a", "c" })
            await Agents.RequestAsync(Rosa, new(id, "run-1", "tool", JsonText.Parse("1", "payload")), Ct);
        await HearAsync(3);

        Assert.Equal(["c", "b", "a"], Ids);
    }

    [Fact]
    public async Task Rows_of_one_kind_say_first_in_what_they_differ_also_once_another_comes()
    {
        await AskAsync("a", payload: """{"reason":"claim","order":"A-1"}""");
        await OpenAsync();
        Assert.Equal(["reason claim · order A-1"], Rows.Select(row => row.Preview));

        await AskAsync("b", payload: """{"reason":"claim","order":"B-2"}""");
        await HearAsync(1);

        Assert.Equal(["order B-2 · reason claim", "order A-1 · reason claim"], Rows.Select(row => row.Preview));
    }

    /// <summary>A list before whose every query something is done, which is told how many there were with it.</summary>
    InboxStore Watched(Func<int, Task> before) =>
        new(
            new(
                new(
                    new WatchedContexts(Store.Get<IDbContextFactory<HitlDbContext>>(), before), Store.Get<BlockRegistry>(),
                    Store.Get<IEnumerable<IRunKind>>(), Store.Clock),
                Store.Get<ActionOutcomes>(), Store.Get<Drafts>(), Store.Get<Graphs>(), Store.Get<BlockRegistry>()),
            new(Store.Get<ScheduledDecisions>()));

    sealed class WatchedContexts(IDbContextFactory<HitlDbContext> contexts, Func<int, Task> before) : IDbContextFactory<HitlDbContext>
    {
        int _queries;

        public HitlDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<HitlDbContext> CreateDbContextAsync(CancellationToken ct)
        {
            await before(Interlocked.Increment(ref _queries));
            return await contexts.CreateDbContextAsync(ct);
        }
    }

    [Fact]
    public async Task A_reader_deep_in_the_list_goes_back_to_its_top_without_a_hole_though_some_above_were_decided()
    {
        await AskManyAsync(600);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        await List.ScrollAsync(Rosa, 400 * InboxRows.RowHeight, Screen, Ct);

        for (var i = 595; i < 600; i++)
            await DecideAsync(Name(i));
        await HearAsync(5);
        for (var row = 400; row >= 0; row -= 10)
            await List.ScrollAsync(Rosa, row * InboxRows.RowHeight, Screen, Ct);

        Assert.Equal(Names(0, 595), await WalkAsync());
    }

    [Fact]
    public async Task A_reader_who_jumps_while_new_ones_are_held_back_still_finds_every_row()
    {
        await AskManyAsync(600);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        for (var i = 0; i < 5; i++)
            await AskAsync($"s-new-{i}");
        await HearAsync(5);

        await List.ScrollAsync(Rosa, 300 * InboxRows.RowHeight, Screen, Ct);

        Assert.Equal(5, List.HeldBack);
        Assert.Equal(Name(299), List.Window.Entries.Single(entry => entry.Index == 300).Row?.Id);
        Assert.Equal(Names(0, 600), await WalkAsync());
        Assert.Equal(Names(0, 600), await WalkAsync(upwards: true));
        await List.ToTopAsync(Rosa, Ct);
        Assert.Equal(605, (await WalkAsync()).Count);
    }

    [Fact]
    public async Task A_reader_who_jumps_while_ended_ones_keep_their_place_still_finds_every_row()
    {
        await AskManyAsync(600);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        for (var i = 595; i < 600; i++)
            await DecideAsync(Name(i));
        await HearAsync(5);

        await List.ScrollAsync(Rosa, 500 * InboxRows.RowHeight, Screen, Ct);
        await List.ScrollAsync(Rosa, 0, Screen, Ct);
        await List.RestAsync(Rosa, true, Ct);

        Assert.Equal(Names(0, 595), await WalkAsync());
        Assert.Equal(Names(0, 595), await WalkAsync(upwards: true));
    }

    [Fact]
    public async Task A_row_that_ended_while_it_was_being_read_does_not_come_back()
    {
        await AskManyAsync(150);
        await OpenAsync();
        await DecideAsync(Name(80));

        var reading = List.ScrollAsync(Rosa, 60 * InboxRows.RowHeight, Screen, Ct);
        await HearAsync(1);
        await reading;

        Assert.DoesNotContain(Name(80), Ids);
        Assert.Equal(Names(0, 150).Where(id => id != Name(80)), await WalkAsync());
    }

    [Fact]
    public async Task While_the_list_rests_a_new_review_comes_in_at_the_top_by_itself()
    {
        await AskAsync("first");
        await OpenAsync();

        await AskAsync("second");
        await HearAsync(1);

        Assert.Equal(["second", "first"], Ids);
        Assert.Equal((2, 0), (List.Total, List.HeldBack));
    }

    [Fact]
    public async Task Oldest_first_a_new_review_comes_in_at_the_end_also_under_the_hand()
    {
        await AskAsync("first");
        await OpenAsync(Waiting with { OldestFirst = true });
        await List.RestAsync(Rosa, false, Ct);

        await AskAsync("second");
        await HearAsync(1);

        Assert.Equal(["first", "second"], Ids);
        Assert.Equal((2, 0), (List.Total, List.HeldBack));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_review_that_was_both_read_and_announced_is_there_once(bool atRest)
    {
        Listen();
        await AskAsync("once");
        await OpenAsync();
        await List.RestAsync(Rosa, atRest, Ct);

        await HearAsync(1);

        Assert.Equal(["once"], Ids);
        Assert.Equal((1, 0), (List.Total, List.HeldBack));
    }

    [Fact]
    public async Task A_review_that_was_counted_and_then_announced_is_counted_once_though_it_is_far_down()
    {
        await AskManyAsync(300);
        Listen();
        await AskAsync("last");
        await OpenAsync(Waiting with { OldestFirst = true });

        await HearAsync(1);

        Assert.Equal(301, List.Total);
        Assert.Equal(Names(0, 300).Reverse().Append("last"), await WalkAsync());
    }

    [Fact]
    public async Task What_is_put_aside_keeps_its_place_and_says_so_until_the_list_rests_and_comes_back_at_its_time()
    {
        await AskAsync("a");
        await AskAsync("b");
        await OpenAsync();
        List.Select("a", true);
        await List.RestAsync(Rosa, false, Ct);

        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await HearAsync<ReviewSnoozed>();

        Assert.Equal(["b", "a"], Ids);
        Assert.Equal([null, "Put aside"], Rows.Select(row => row.Ended));
        Assert.Empty(List.Selection.Rows);
        Assert.Equal(1, List.Total);
        // Brought back in another window, its row is alive again at its place.
        await Store.Get<Snoozes>().EndAsync(Rosa, "a", Ct);
        await HearAsync<ReviewSnoozed>();
        Assert.Equal([null, null], Rows.Select(row => row.Ended));
        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromMinutes(1), Ct);
        await HearAsync<ReviewSnoozed>();
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await List.RefreshAsync(Rosa, Ct);
        Assert.Equal([null, null], Rows.Select(row => row.Ended));

        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await HearAsync<ReviewSnoozed>();
        await List.RestAsync(Rosa, true, Ct);
        Assert.Equal(["b"], Ids);

        Store.Clock.Advance(TimeSpan.FromHours(1));
        await List.RefreshAsync(Rosa, Ct);
        Assert.Equal(["b", "a"], Ids);
    }

    [Fact]
    public async Task Among_what_is_put_aside_one_that_is_brought_back_leaves_and_in_a_search_nothing_moves()
    {
        await AskAsync("a");
        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await OpenAsync(Waiting with { Filter = ReviewFilter.None with { Text = "is:snoozed" } });
        Assert.Equal(["a"], Ids);
        await List.RestAsync(Rosa, false, Ct);

        await Store.Get<Snoozes>().EndAsync(Rosa, "a", Ct);
        await HearAsync<ReviewSnoozed>();
        Assert.Equal(["Brought back"], Rows.Select(row => row.Ended));

        await OpenAsync(Waiting with { Filter = ReviewFilter.None with { Text = "ann" } });
        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await HearAsync<ReviewSnoozed>();
        Assert.Equal([null], Rows.Select(row => row.Ended));
        Assert.Equal(1, List.Total);
    }

    [Fact]
    public async Task While_the_reader_is_in_the_list_nothing_moves_and_once_they_have_left_it_all_is_as_it_should()
    {
        await AskAsync("a");
        await AskAsync("b");
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);

        await AskAsync("c");
        await DecideAsync("a", approved: false);
        await HearAsync(2);

        Assert.Equal(["b", "a"], Ids);
        Assert.Equal([null, Ending.Of(DecidedAs.rejected)], Rows.Select(row => row.Ended));
        Assert.Equal((1, 2), (List.HeldBack, List.Total));

        await List.RestAsync(Rosa, true, Ct);

        Assert.Equal(["c", "b"], Ids);
        Assert.Equal((0, 2), (List.HeldBack, List.Total));
    }

    [Fact]
    public async Task A_new_review_that_is_decided_while_it_is_held_back_is_never_seen()
    {
        await AskAsync("a");
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);

        await AskAsync("b");
        await DecideAsync("b");
        await HearAsync(2);

        Assert.Equal((0, 1), (List.HeldBack, List.Total));
        await List.RestAsync(Rosa, true, Ct);
        Assert.Equal(["a"], Ids);
    }

    [Fact]
    public async Task On_request_the_list_goes_to_its_top_and_shows_what_was_held_back()
    {
        await AskManyAsync(200);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        await List.ScrollAsync(Rosa, 100 * InboxRows.RowHeight, Screen, Ct);
        await AskAsync("s-new");
        await HearAsync(1);
        Assert.DoesNotContain("s-new", Ids);

        await List.ToTopAsync(Rosa, Ct);

        Assert.Equal(("s-new", 0, 0, 201), (Ids[0], List.Window.Before, List.HeldBack, List.Total));
        Assert.Equal(Names(0, 200).Prepend("s-new"), await WalkAsync());
    }

    [Fact]
    public async Task A_stopped_execution_takes_its_reviews_out_of_the_list_and_no_others()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        await AskAsync("c", "run-1");
        await OpenAsync();

        await Stopping.StopAsync(Rosa, "run-1", Ct);
        await HearAsync(1);

        Assert.Equal(["b"], Ids);
        Assert.Equal(1, List.Total);
    }

    [Theory]
    [InlineData(Grouping.none), InlineData(Grouping.execution), InlineData(Grouping.node)]
    public async Task A_stopped_execution_leaves_no_hole_where_only_a_part_of_it_was_read(Grouping grouping)
    {
        await AskManyAsync(100);
        for (var i = 0; i < 200; i++)
            await AskAsync($"s{i:000}", "run-big");
        await OpenAsync(Waiting with { Grouping = grouping });

        await Stopping.StopAsync(Rosa, "run-big", Ct);
        await HearAsync(1);

        Assert.Equal(100, List.Total);
        Assert.Equal(100, List.Groups.Sum(group => group.Count));
        Assert.Equal(100, (await WalkAsync()).Count(what => what[0] != '#'));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_elses_reviews_are_in_the_list()
    {
        await AskAsync("mine");
        await AskAsync("theirs", owner: Cast.Ben.Caller());

        foreach (var grouping in Enum.GetValues<Grouping>())
        {
            await List.LoadAsync(Rosa, Waiting with { Grouping = grouping }, Ct);

            Assert.Equal(["mine"], Ids);
            Assert.Equal(1, List.Total);
        }
        await List.LoadAsync(Ada, Waiting, Ct);
        Assert.Empty(Ids);
    }

    [Fact]
    public async Task A_row_says_what_would_run_in_our_words_and_the_payloads_and_never_in_the_agents()
    {
        await AskAsync("a", instructions: "Approve this harmless thing", payload: """{"to":"\u202Eann"}""");

        await OpenAsync();

        var row = Assert.Single(Rows);
        Assert.Equal(
            [new("Let somebody over the API run “", false), new("tool", true), new("”", false)],
            row.Action);
        Assert.Equal("to \u202Eann", row.Preview);
        Assert.DoesNotContain("harmless", row.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_review_that_the_view_leaves_out_neither_comes_in_nor_counts()
    {
        await AskAsync("a", payload: """{"to":"ann"}""");
        await OpenAsync(Waiting with { Filter = ReviewFilter.None with { Text = "ann" } });

        await AskAsync("b", payload: """{"to":"bob"}""");
        await AskAsync("c", payload: """{"to":"Ann"}""");
        await HearAsync(2);

        Assert.Equal(["c", "a"], Ids);
        Assert.Equal(2, List.Total);
    }

    [Theory]
    [InlineData(Grouping.none), InlineData(Grouping.execution), InlineData(Grouping.node), InlineData(Grouping.block)]
    public async Task The_end_of_a_review_that_the_view_leaves_out_changes_no_count(Grouping grouping)
    {
        await AskAsync("a", payload: """{"to":"ann"}""");
        await AskAsync("b", payload: """{"to":"bob"}""");
        await OpenAsync(Waiting with { Filter = ReviewFilter.None with { Text = "ann" }, Grouping = grouping });

        await DecideAsync("b");
        await HearAsync(1);

        Assert.Equal((1, 1), (List.Total, List.Groups.Sum(group => group.Count)));
        Assert.Equal("a", (await WalkAsync())[^1]);
    }

    [Fact]
    public async Task Grouped_by_execution_each_group_has_its_reviews_under_it_and_the_newest_group_is_the_first()
    {
        await AskManyAsync(25);
        await OpenAsync(Waiting with { Grouping = Grouping.execution });

        var walked = await WalkAsync();

        Assert.Equal(["# run-0 (3)", Name(20), Name(10), Name(0), "# run-1 (3)"], walked.Take(5));
        Assert.Equal(["# run-9 (2)", Name(19), Name(9)], walked.TakeLast(3));
        Assert.Equal(35, walked.Count);
    }

    [Theory]
    [InlineData(Grouping.node), InlineData(Grouping.block)]
    public async Task A_long_group_is_scrolled_through_down_and_up_without_a_hole(Grouping grouping)
    {
        await AskManyAsync(300);
        await OpenAsync(Waiting with { Grouping = grouping });

        var down = await WalkAsync();

        Assert.Equal(Names(0, 300), down.Skip(1));
        Assert.Equal($"# {(grouping == Grouping.node ? "tool" : ReviewFilter.AgentBlock)} (300)", down[0]);
        Assert.Equal(down, await WalkAsync(upwards: true));
    }

    [Fact]
    public async Task More_groups_than_are_read_at_first_are_read_on_request_and_each_is_there_once()
    {
        for (var i = 0; i < 130; i++)
            await AskAsync(Name(i), $"run-{i:000}");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        Assert.Equal((100, true, 130), (List.Groups.Count, List.HasMoreGroups, List.Total));

        await List.LoadMoreGroupsAsync(Rosa, Ct);

        Assert.False(List.HasMoreGroups);
        Assert.Equal(Enumerable.Range(0, 130).Reverse().Select(i => $"run-{i:000}"), List.Groups.Select(group => group.Filter.GraphExecId));
    }

    [Fact]
    public async Task A_group_that_is_put_away_takes_no_room_and_stays_so_when_the_list_is_read_again()
    {
        await AskManyAsync(20);
        await OpenAsync(Waiting with { Grouping = Grouping.execution });

        await List.ToggleAsync(Rosa, List.Groups[0], Ct);
        Assert.Equal(["# run-0 (2)", "# run-1 (2)", Name(11), Name(1)], (await WalkAsync()).Take(4));
        await List.LoadAsync(Rosa, List.View, Ct);
        Assert.Equal(["# run-0 (2)", "# run-1 (2)"], (await WalkAsync()).Take(2));

        await List.ToggleAsync(Rosa, List.Groups[0], Ct);
        Assert.Equal(["# run-0 (2)", Name(10), Name(0), "# run-1 (2)"], (await WalkAsync()).Take(4));
    }

    [Fact]
    public async Task While_the_list_rests_a_group_in_which_something_new_waits_goes_to_the_top()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });

        await AskAsync("c", "run-1");
        await HearAsync(1);

        Assert.Equal(["# run-1 (2)", "c", "a", "# run-2 (1)", "b"], await WalkAsync());
    }

    [Fact]
    public async Task While_the_list_rests_a_new_group_comes_in_at_the_top_and_an_empty_one_goes()
    {
        await AskAsync("a", "run-1");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });

        await AskAsync("b", "run-2");
        await HearAsync(1);
        Assert.Equal(["# run-2 (1)", "b", "# run-1 (1)", "a"], await WalkAsync());

        await DecideAsync("a");
        await HearAsync(1);
        Assert.Equal(["# run-2 (1)", "b"], await WalkAsync());
    }

    [Fact]
    public async Task A_decision_that_can_be_undone_is_known_for_its_row_until_it_is_withdrawn_or_carried_out()
    {
        var scheduledDecisions = Store.Get<ScheduledDecisions>();
        await AskAsync("a");
        await AskAsync("b");
        await OpenAsync();

        var press = await scheduledDecisions.DecideAsync(Rosa, [new("a", true)], TimeSpan.FromSeconds(5), Ct);
        await HearAsync<DecisionsScheduled>();
        Assert.Equal(press.DueAt, List.Scheduled.Of("a")!.DueAt);
        Assert.Equal(["a"], List.Scheduled.All.Select(decision => decision.NodeExecId));
        Assert.Equal((2, "b"), (List.Total, List.First()));

        await scheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct);
        await HearAsync<DecisionsWithdrawn>();
        Assert.Null(List.Scheduled.Of("a"));

        await scheduledDecisions.DecideAsync(Rosa, [new("b", true)], TimeSpan.FromSeconds(5), Ct);
        await HearAsync<DecisionsScheduled>();
        Assert.NotNull(List.Scheduled.Of("b"));
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await scheduledDecisions.CommitDueAsync(Ct);
        await HearAsync<ReviewDecided>();
        Assert.Equal((null, 0, 1), (List.Scheduled.Of("b"), List.Scheduled.All.Count, List.Total));
        Assert.Equal(["a"], Ids);
    }

    [Fact]
    public async Task Once_it_is_carried_out_it_can_be_undone_in_no_list()
    {
        var scheduledDecisions = Store.Get<ScheduledDecisions>();
        await AskAsync("a");
        await scheduledDecisions.DecideAsync(Rosa, [new("a", true)], TimeSpan.FromSeconds(5), Ct);
        await OpenAsync(Decided);
        Assert.NotNull(List.Scheduled.Of("a"));

        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await scheduledDecisions.CommitDueAsync(Ct);
        await HearAsync<ReviewDecided>();

        Assert.Equal((null, 0, 1), (List.Scheduled.Of("a"), List.Scheduled.All.Count, List.Total));
    }

    [Fact]
    public async Task A_decision_that_came_too_late_is_no_longer_on_its_way()
    {
        var scheduledDecisions = Store.Get<ScheduledDecisions>();
        await AskAsync("a");
        await OpenAsync();
        await scheduledDecisions.DecideAsync(Rosa, [new("a", true)], TimeSpan.FromSeconds(5), Ct);
        await DecideAsync("a", approved: false);
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await scheduledDecisions.CommitDueAsync(Ct);

        await HearAsync<DecisionTooLate>();

        Assert.Empty(List.Scheduled.All);
        Assert.Empty(Ids);
    }

    [Fact]
    public async Task A_row_with_a_draft_is_marked_while_there_is_one()
    {
        await AskAsync("a");
        await AskAsync("b");
        await Store.Get<Drafts>().SaveAsync(Rosa, "a", null, "hm", "hash", 0, Ct);
        await OpenAsync();
        Assert.Equal((true, false), (List.Reading.IsDrafted("a"), List.Reading.IsDrafted("b")));

        await Store.Get<Drafts>().SaveAsync(Rosa, "b", null, "hm", "hash", 0, Ct);
        await HearAsync<DraftChanged>();
        await Store.Get<Drafts>().DiscardAsync(Rosa, "a", Ct);
        await HearAsync<DraftChanged>();

        Assert.Equal((false, true), (List.Reading.IsDrafted("a"), List.Reading.IsDrafted("b")));
    }

    [Fact]
    public async Task How_many_are_alike_is_counted_over_all_and_one_by_itself_is_like_none()
    {
        await AskManyAsync(120);
        var graph = await StartAsync();
        await OpenAsync();

        await List.Reading.LoadLikesAsync(Rosa, Ct);

        Assert.Equal(120, List.Reading.Likes(Rows.First()));
        Assert.Equal(
            1,
            List.Reading.Likes(Rows.First() with { Review = Rows.First().Review with { GraphId = graph.GraphId, NodeId = "ask" } }));
    }

    [Fact]
    public async Task The_nearest_that_can_be_decided_are_read_ahead_and_no_other()
    {
        foreach (var id in new[] { "a", "b", "c", "d", "e", "f" })
            await AskAsync(id);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        await DecideAsync("d");
        await HearAsync(1);
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [new("b", true)], TimeSpan.FromSeconds(5), Ct);
        await HearAsync<DecisionsScheduled>();

        Assert.Equal(["c", "a", "f"], List.Around("e", 3, 1));
        Assert.Equal(["f"], List.Around("e", 0, 3));
        Assert.Equal(["f", "e"], List.Around("not in the list", 2, 1));
        Assert.Equal("f", List.First());
    }

    [Fact]
    public async Task What_is_put_away_is_not_read_ahead()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        await List.ToggleAsync(Rosa, List.Groups[0], Ct);

        Assert.Equal("a", List.First());
        Assert.Empty(List.Around("a", 3, 3));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_review_far_down_is_found_and_scrolled_to(bool oldestFirst)
    {
        await AskManyAsync(400);
        await OpenAsync(Waiting with { OldestFirst = oldestFirst });

        var top = await List.SeekAsync(Rosa, Name(200), Ct);

        Assert.InRange((oldestFirst ? 200 : 199) * InboxRows.RowHeight, top!.Value, top.Value + Screen);
        Assert.Contains(Name(200), Ids);
    }

    [Fact]
    public async Task What_is_not_in_the_list_is_not_scrolled_to()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c", "run-2");
        await DecideAsync("b");
        await OpenAsync();
        Assert.Null(await List.SeekAsync(Rosa, "b", Ct));

        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        Assert.Equal(InboxRows.HeadingHeight, await List.SeekAsync(Rosa, "c", Ct));
        await List.ToggleAsync(Rosa, List.Groups[0], Ct);
        Assert.Null(await List.SeekAsync(Rosa, "c", Ct));
    }

    [Fact]
    public async Task The_decided_stand_in_the_order_of_their_decisions_and_new_ones_come_in_at_the_top()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await AskAsync(id);
        await DecideLaterAsync("b");
        await DecideLaterAsync("a");
        await OpenAsync(Decided);
        Assert.Equal(["a", "b"], Ids);

        await DecideLaterAsync("c");
        await AskAsync("d");
        await HearAsync(2);

        Assert.Equal(["c", "a", "b"], Ids);
        Assert.Equal(3, List.Total);
        Assert.Equal("c", List.First());
    }

    [Fact]
    public async Task A_stop_shows_among_the_decided()
    {
        await AskAsync("a", "run-1");
        await OpenAsync(Decided);

        await Stopping.StopAsync(Rosa, "run-1", Ct);
        await HearAsync(1);

        Assert.Equal(["a"], Ids);
        Assert.Equal(DecidedAs.cancelled, Ending.How(Assert.Single(Rows).Review));
    }

    [Fact]
    public async Task What_became_of_a_decided_action_is_shown_and_kept_current()
    {
        var execution = await StartAsync();
        await AskAsync("outside");
        await Agents.RequestAsync(Rosa, new("inside", execution.Id, "by-agent", JsonText.Parse("1", "payload")), Ct);
        await DecideLaterAsync("inside");
        await DecideLaterAsync("outside");
        await using (var db = Store.Db())
        {
            db.NodeExecutions.Add(new()
            {
                Id = "inside",
                GraphExecId = execution.Id,
                NodeId = "ask",
                UserId = Rosa.UserId,
                BlockId = AskBlock,
                Ordinal = 1,
                Input = "1",
                Status = ExecutionStatus.RUNNING,
                CreatedAt = Store.Clock.GetUtcNow(),
            });
            await db.SaveChangesAsync(Ct);
        }
        await OpenAsync(Decided);
        Assert.Equal([null, ExecutionStatus.RUNNING], Rows.Select(row => row.Outcome?.Status));
        Assert.Equal(["Not taken up yet", "Running"], Rows.Select(row => Ending.Outcome(row.Review, row.Outcome)?.Words));

        await using (var db = Store.Db())
            await db.NodeExecutions.Where(n => n.Id == "inside")
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, ExecutionStatus.FAILED), Ct);
        Assert.True(
            await List.ApplyAsync(Rosa, [new NodeExecutionChanged(Rosa.UserId, execution.Id, "inside", ExecutionStatus.FAILED)], Ct));
        Assert.Equal([null, ExecutionStatus.FAILED], Rows.Select(row => row.Outcome?.Status));

        await Agents.ConsumeAsync(Rosa, "outside", Ct);
        await HearAsync<ReviewDelivered>();
        Assert.NotNull(Rows.First().Review.DeliveredAt);
        Assert.Equal("inside", Rows.Last().Id);
    }

    [Theory, Invariant(10)]
    [InlineData("%"), InlineData("_"), InlineData("%_\\"), InlineData("'; DROP TABLE reviews; --")]
    public async Task A_hostile_search_finds_nothing_and_is_no_error(string text)
    {
        await AskAsync("a");

        await OpenAsync(Waiting with { Filter = ReviewFilter.None with { Text = text } });

        Assert.Empty(Ids);
        Assert.Equal(0, List.Total);
    }

    Task DecideLaterAsync(string nodeExecId)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        return DecideAsync(nodeExecId);
    }
}
