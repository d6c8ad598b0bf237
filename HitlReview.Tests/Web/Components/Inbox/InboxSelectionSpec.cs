using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

public sealed class InboxSelectionOnSqlite() : InboxSelectionSpec(new SqliteStore());

public sealed class InboxSelectionOnPostgres() : InboxSelectionSpec(new PostgresStore());

/// <summary>What is selected for a decision on several: never anything that is not in sight, or can't be decided.</summary>
public abstract class InboxSelectionSpec(TestStore store) : InboxListSpec(store)
{
    IEnumerable<string> Selected => List.Selection.Rows.Keys.Order(StringComparer.Ordinal);

    [Fact]
    public async Task A_row_is_selected_and_taken_out_again_and_what_is_not_in_the_list_never_is()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("theirs", owner: Cast.Ben.Caller());
        await OpenAsync();

        foreach (var id in new[] { "a", "b", "theirs", "unknown" })
            List.Select(id, true);
        Assert.Equal(["a", "b"], Selected);

        List.Select("a", false);
        Assert.Equal(["b"], Selected);
        List.Selection.Clear();
        Assert.Empty(Selected);
    }

    [Fact]
    public async Task A_range_is_selected_in_either_direction_without_what_can_not_be_decided()
    {
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
            await AskAsync(id);
        await OpenAsync();
        await List.RestAsync(Rosa, false, Ct);
        await DecideAsync("c");
        await HearAsync(1);

        List.SelectRange("b", "d");
        Assert.Equal(["b", "d"], Selected);
        List.Selection.Clear();
        List.SelectRange("e", "b");
        Assert.Equal(["b", "d", "e"], Selected);
        List.Selection.Clear();
        List.SelectRange("b", "unknown");
        Assert.Empty(Selected);
        List.SelectRange("unknown", "b");
        Assert.Equal(["b"], Selected);
    }

    [Fact]
    public async Task A_range_leaves_out_what_is_put_away()
    {
        for (var i = 0; i < 3; i++)
            await AskAsync($"a{i}", $"run-{i}");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        await List.ToggleAsync(Rosa, List.Groups[1], Ct);

        List.SelectRange("a0", "a2");
        List.Select("a1", true);

        Assert.Equal(["a0", "a2"], Selected);
    }

    [Fact]
    public async Task A_group_is_selected_whole_also_where_it_is_longer_than_what_was_read()
    {
        await AskManyAsync(300);
        await OpenAsync(Waiting with { Grouping = Grouping.node });

        Assert.Equal(0, await List.SelectAllAsync(Rosa, List.Groups[0], Ct));

        Assert.Equal(Names(0, 300).Reverse(), Selected);
    }

    [Fact]
    public async Task A_group_that_is_put_away_can_not_be_selected()
    {
        await AskAsync("a");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        await List.ToggleAsync(Rosa, List.Groups[0], Ct);

        await List.SelectAllAsync(Rosa, List.Groups[0], Ct);

        Assert.Empty(Selected);
    }

    [Fact]
    public async Task What_is_held_back_is_not_in_sight_and_so_not_selected_with_its_group()
    {
        await AskAsync("a");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        await List.RestAsync(Rosa, false, Ct);
        await AskAsync("b");
        await HearAsync(1);

        await List.SelectAllAsync(Rosa, List.Groups[0], Ct);

        Assert.Equal(1, List.HeldBack);
        Assert.Equal(["a"], Selected);
    }

    [Fact]
    public async Task What_has_ended_unheard_is_not_selected_with_its_group()
    {
        await AskAsync("a");
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        Assert.Equal(["a"], Ids);
        await DecideAsync("a");

        await List.SelectAllAsync(Rosa, List.Groups[0], Ct);

        Assert.Empty(Selected);
    }

    [Fact]
    public async Task A_group_of_more_than_can_be_decided_at_once_is_not_selected_at_all()
    {
        await AskManyAsync(InboxSelection.Most + 1);
        await OpenAsync(Waiting with { Grouping = Grouping.node });

        Assert.Null(await List.SelectAllAsync(Rosa, List.Groups[0], Ct));

        Assert.Empty(Selected);
    }

    [Fact]
    public async Task Several_groups_together_are_never_more_than_can_be_decided_at_once()
    {
        await AskManyAsync(600);
        await OpenAsync(Waiting with { Grouping = Grouping.execution });

        foreach (var group in List.Groups)
            await List.SelectAllAsync(Rosa, group, Ct);

        Assert.InRange(List.Selection.Rows.Count, 1, InboxSelection.Most);
    }

    [Fact]
    public async Task Putting_a_group_away_takes_its_reviews_out_and_no_others()
    {
        await AskManyAsync(40);
        await OpenAsync(Waiting with { Grouping = Grouping.execution });
        foreach (var group in List.Groups.Take(2))
            await List.SelectAllAsync(Rosa, group, Ct);
        Assert.Equal(8, List.Selection.Rows.Count);

        await List.ToggleAsync(Rosa, List.Groups[0], Ct);

        Assert.All(List.Selection.Rows.Values, row => Assert.Equal("run-1", row.Review.GraphExecId));
        Assert.Equal(4, List.Selection.Rows.Count);
        await List.ToggleAsync(Rosa, List.Groups[0], Ct);
        Assert.Equal(4, List.Selection.Rows.Count);
    }

    [Fact]
    public async Task What_another_view_shows_as_well_stays_selected_and_what_it_does_not_show_never()
    {
        await AskAsync("a", payload: """{"to":"x"}""");
        await AskAsync("b", payload: """{"to":"y"}""");
        await OpenAsync();
        List.SelectRange("a", "b");

        foreach (var (view, selected) in new[]
        {
            (Waiting, new[] { "a", "b" }),
            (Waiting with { OldestFirst = true }, ["a", "b"]),
            (Waiting with { Grouping = Grouping.block }, ["a", "b"]),
            (Waiting with { Filter = ReviewFilter.None with { Text = "x" } }, ["a"]),
            (Waiting, ["a"]),
            (Decided, []),
            (Waiting, []),
        })
        {
            await List.LoadAsync(Rosa, view, Ct);
            Assert.Equal(selected, Selected);
        }
    }

    [Fact]
    public async Task What_ends_or_is_on_its_way_drops_out_also_far_outside_of_what_is_read()
    {
        await AskManyAsync(200);
        await OpenAsync(Waiting with { Grouping = Grouping.node });
        await List.SelectAllAsync(Rosa, List.Groups[0], Ct);

        await DecideAsync(Name(199));
        await DecideAsync(Name(0));
        await HearAsync(2);
        Assert.Equal(Names(1, 198).Reverse(), Selected);

        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [new(Name(1), true)], TimeSpan.FromSeconds(5), Ct);
        await HearAsync<DecisionsScheduled>();
        Assert.Equal(Names(2, 197).Reverse(), Selected);

        await Stopping.StopAsync(Rosa, "run-3", Ct);
        await HearAsync<ReviewsCancelled>();
        Assert.Equal(177, List.Selection.Rows.Count);
        Assert.DoesNotContain(List.Selection.Rows.Values, row => row.Review.GraphExecId == "run-3");
    }

    [Fact]
    public async Task What_ended_while_the_page_was_cut_off_is_not_selected_when_the_list_has_been_read_again()
    {
        await AskAsync("a");
        await AskAsync("b");
        await OpenAsync();
        List.SelectRange("a", "b");
        await DecideAsync("a");

        // As after lost changes: the same view is read again, and nobody tells of the decision.
        await List.LoadAsync(Rosa, List.View, Ct);

        Assert.Equal(["b"], Selected);
    }

    [Fact]
    public async Task A_decision_on_its_way_can_not_be_selected()
    {
        await AskAsync("a");
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [new("a", true)], TimeSpan.FromSeconds(5), Ct);
        await OpenAsync();

        List.Select("a", true);
        await List.SelectAllAsync(Rosa, List.Groups[0], Ct);

        Assert.Empty(Selected);
    }

    [Fact]
    public async Task Nothing_with_warnings_is_selected_with_others_unless_warnings_are_what_the_list_shows()
    {
        await AskAsync("plain");
        await AskAsync("trap", payload: """{"to":"ops@rnicrosoft.example"}""");
        await AskAsync("last");
        await OpenAsync(Waiting with { Grouping = Grouping.node });

        Assert.Equal(1, await List.SelectAllAsync(Rosa, List.Groups[0], Ct));
        Assert.Equal(["last", "plain"], Selected);

        List.Selection.Clear();
        Assert.Equal(1, List.SelectRange("plain", "last"));
        Assert.Equal(["last", "plain"], Selected);

        // By itself it can be, and it stays selected then.
        List.Select("trap", true);
        Assert.Equal(0, await List.SelectAllAsync(Rosa, List.Groups[0], Ct));
        Assert.Equal(["last", "plain", "trap"], Selected.Order());
        List.Selection.Clear();
        Assert.Equal(0, List.SelectRange("last", "trap"));
        Assert.Equal(["last", "trap"], Selected.Order());

        await List.LoadAsync(Rosa, Waiting with { Filter = ReviewFilter.None with { HasWarnings = true } }, Ct);
        Assert.Equal(["trap"], Ids);
        Assert.Equal(0, await List.SelectAllAsync(Rosa, List.Groups[0], Ct));
        Assert.Equal(["trap"], Selected);
    }
}
