using HitlReview.Core.Events;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>A reader of the inbox's list, for the specifications of it.</summary>
public abstract class InboxListSpec(TestStore store) : UiSpec(store)
{
    /// <summary>The height of the reader's screen, in pixels.</summary>
    protected const int Screen = 900;

    ChangeFeeds.Feed? _feed;
    IAsyncEnumerator<Change>? _changes;

    protected static InboxView Waiting { get; } = new(ReviewFilter.None);

    protected static InboxView Decided { get; } = new(ReviewFilter.None with { Tab = ReviewTab.Decided });

    /// <summary>The list of the reader.</summary>
    protected InboxStore List => field ??= Store.Get<InboxStore>();

    /// <summary>The rows on the reader's screen and around it, from the top.</summary>
    protected string[] Ids => [.. Rows.Select(row => row.Id)];

    /// <summary>The same.</summary>
    protected IEnumerable<InboxRow> Rows => List.Window.Entries.Where(entry => entry.Index >= 0).Select(entry => entry.Row!);

    /// <summary>Listens first and reads second, as a page does.</summary>
    protected async Task OpenAsync(InboxView? view = null)
    {
        Listen();
        await List.LoadAsync(Rosa, view ?? Waiting, Ct);
    }

    protected void Listen()
    {
        _feed ??= Store.Events.Open(Rosa.UserId);
        _changes ??= _feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
    }

    /// <summary>Takes in what has happened, up to so many changes of reviews, and whatever comes before the last of them.</summary>
    protected Task HearAsync(int count) => HearAsync(List, count);

    /// <inheritdoc cref="HearAsync(int)"/>
    protected async Task HearAsync(InboxStore list, int count)
    {
        while (count > 0)
        {
            Assert.True(await _changes!.MoveNextAsync());
            if (_changes.Current is ReviewCreated or ReviewDecided or ReviewsCancelled)
                count--;
            await list.ApplyAsync(Rosa, [_changes.Current], Ct);
        }
    }

    /// <summary>Takes in what has happened, up to a change of one kind.</summary>
    protected async Task HearAsync<T>()
        where T : Change
    {
        do
        {
            Assert.True(await _changes!.MoveNextAsync());
            await List.ApplyAsync(Rosa, [_changes.Current], Ct);
        }
        while (_changes.Current is not T);
    }

    /// <summary>Asks for many reviews, ten at the same instant, of executions run-0 to run-9.</summary>
    protected async Task AskManyAsync(int count)
    {
        for (var i = 0; i < count; i += 10)
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll(Enumerable.Range(i, Math.Min(10, count - i)).Select(n =>
                Agents.RequestAsync(Rosa, new(Name(n), $"run-{n % 10}", "tool", JsonText.Parse($$"""{"n":{{n}}}""", "payload")), Ct)));
        }
    }

    /// <summary>The id of one of many.</summary>
    protected static string Name(int n) => $"r{n:0000}";

    /// <summary>The ids of many, the newest first.</summary>
    protected static IEnumerable<string> Names(int from, int count) => Enumerable.Range(from, count).Reverse().Select(Name);

    /// <summary>Goes through the whole list, a screen at a time, as a reader does who leaves out nothing.</summary>
    /// <returns>
    /// What stands in it from top to bottom, headings as <c># group (count)</c>. Fails if a row is missing or two stand in the same place.
    /// </returns>
    protected Task<List<string>> WalkAsync(bool upwards = false) => WalkAsync(List, upwards);

    /// <inheritdoc cref="WalkAsync(bool)"/>
    protected static async Task<List<string>> WalkAsync(InboxStore list, bool upwards = false)
    {
        var seen = new SortedDictionary<int, string>();
        await list.ScrollAsync(Rosa, upwards ? int.MaxValue : 0, Screen, Ct);
        var tops = Enumerable.Range(0, HeightOf(list) / Screen + 1).Select(i => i * Screen);
        foreach (var top in upwards ? tops.Reverse() : tops)
        {
            await list.ScrollAsync(Rosa, top, Screen, Ct);
            var at = list.Window.Before;
            foreach (var entry in list.Window.Entries)
            {
                var what = entry.Index < 0 ? Heading(entry.Group) : entry.Row?.Id;
                if (what is not null)
                    Assert.Equal(what, seen[at] = seen.GetValueOrDefault(at, what));
                else
                    Assert.False(
                        at + HeightOf(entry) > top && at < top + Screen,
                        $"There is a hole at {at} of {HeightOf(list)}, before the reader's eyes.");
                at += HeightOf(entry);
            }
        }
        Assert.Equal(HeightOf(list), seen.Values.Sum(what => what[0] == '#' ? InboxRows.HeadingHeight : InboxRows.RowHeight));
        return [.. seen.Values];
    }

    static string Heading(InboxGroup group) =>
        $"# {group.Filter.GraphExecId ?? group.Filter.NodeId ?? group.Filter.BlockId} ({group.Count})";

    static int HeightOf(InboxEntry entry) => entry.Index < 0 ? InboxRows.HeadingHeight : InboxRows.RowHeight;

    static int HeightOf(InboxStore list) => list.Window.Before + list.Window.Entries.Sum(HeightOf) + list.Window.After;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_changes is not null)
            await _changes.DisposeAsync();
        _feed?.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
