using System.Globalization;
using CsCheck;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The rows that are held and those on the screen, without a database, against a list that is simply all there.</summary>
public sealed class InboxRowsTests
{
    const int Screen = 900;

    static readonly InboxView[] s_views =
    [
        new(ReviewFilter.None), new(ReviewFilter.None, OldestFirst: true), new(ReviewFilter.None, Grouping: Grouping.execution),
        new(ReviewFilter.None, Grouping: Grouping.node), new(ReviewFilter.None with { Tab = ReviewTab.Decided }),
    ];

    // 0 one comes, 1 one ends, 2 the reader scrolls, 3 the reader lets go, 4 the reader takes hold, 5 a group is put away or opened
    static readonly Gen<(int View, int Count, (int Op, int Arg)[] Steps)> s_course =
        Gen.Select(Gen.Int[0, s_views.Length - 1], Gen.Int[0, 260], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9_999]).Array[0, 40]);

    [Fact]
    public void At_rest_the_screen_shows_what_a_list_of_all_would_show() => s_course.Sample(course =>
    {
        var desk = new Desk(s_views[course.View], course.Count);
        foreach (var (op, arg) in course.Steps)
            desk.Do(op, arg);
        desk.Do(3, 0);

        Assert.Equal(desk.All(), desk.Walk());
    });

    [Fact]
    public void Under_the_hand_nothing_that_is_seen_goes_or_changes_its_place_among_the_others() => s_course.Sample(course =>
    {
        var desk = new Desk(s_views[course.View], course.Count);
        desk.Do(4, 0);
        foreach (var (op, arg) in course.Steps)
        {
            var before = desk.Seen();
            desk.Do(op == 3 ? 4 : op, arg);
            if (op is not (0 or 1))
                continue;
            var after = desk.Held();
            Assert.Equal(before, after.Where(before.Contains));
        }
    });

    [Fact]
    public void Above_on_and_below_the_screen_is_as_much_as_the_whole_is_high() => s_course.Sample(course =>
    {
        var desk = new Desk(s_views[course.View], course.Count);
        foreach (var (op, arg) in course.Steps)
        {
            desk.Do(op, arg);
            var window = desk.Rows.Draw();
            var heading = desk.Rows.View.Grouping == Grouping.none ? 0 : InboxRows.HeadingHeight;
            Assert.Equal(
                desk.Rows.Groups.Sum(group => heading + group.Shown * InboxRows.RowHeight),
                window.Before + window.Entries.Sum(e => e.Index < 0 ? heading : InboxRows.RowHeight) + window.After);
        }
    });

    [Fact]
    public void Of_a_list_of_any_length_no_more_is_held_than_a_few_screens()
    {
        var desk = new Desk(s_views[0], 5_000);

        for (var row = 0; row < 5_000; row += 10)
        {
            desk.Scroll(row * InboxRows.RowHeight);
            Assert.InRange(desk.Rows.Groups[0].Rows.Count, 1, 400);
        }

        Assert.Equal(desk.All()[^1], desk.Seen()[^1]);
    }

    /// <summary>What the store does, at once and with a list in place of a database.</summary>
    sealed class Desk
    {
        readonly List<ReviewSummary> _all = []; // in the order of their coming
        bool _atRest = true, _isStale;
        int _named;

        public Desk(InboxView view, int count)
        {
            for (var i = 0; i < count; i++)
                _all.Add(Next(i * 7));
            Rows.Begin(view);
            Reload();
            Scroll(0);
        }

        public InboxRows Rows { get; } = new();

        InboxView View => Rows.View;

        public void Do(int op, int arg)
        {
            switch (op)
            {
                case 0:
                    Come(Next(arg));
                    break;
                case 1 when _all.Count > 0:
                    End(_all[arg % _all.Count]);
                    break;
                case 2:
                    Scroll(arg * 2);
                    break;
                case 3 or 4:
                    _atRest = op == 3;
                    if (_atRest)
                        Settle();
                    break;
                case 5 when View.Grouping != Grouping.none && Rows.Groups.Count > 0:
                    var group = Rows.Groups[arg % Rows.Groups.Count];
                    group.IsCollapsed = !group.IsCollapsed;
                    Fill();
                    break;
            }
        }

        /// <summary>The ids of all that are not put away, in the order of the list.</summary>
        public List<string> All() =>
            [.. Rows.Groups.Where(group => !group.IsCollapsed).SelectMany(Of).Select(review => review.NodeExecId)];

        /// <summary>The ids that somebody sees who goes through the list from its top to its end.</summary>
        public List<string> Walk()
        {
            var seen = new SortedDictionary<int, string>();
            for (var (top, end) = (0, 1); top < end; top += Screen / 2)
            {
                Scroll(top);
                var window = Rows.Draw();
                var at = window.Before;
                foreach (var entry in window.Entries)
                {
                    if (entry.Index >= 0)
                        seen[at] = entry.Row?.Id ?? "(none)";
                    at += entry.Index < 0 ? InboxRows.HeadingHeight : InboxRows.RowHeight;
                }
                end = at + window.After;
            }
            return [.. seen.Values];
        }

        public List<string> Seen() => [.. Rows.Draw().Entries.Where(entry => entry.Row is not null).Select(entry => entry.Row!.Id)];

        public List<string> Held() => [.. Rows.InSight.Select(row => row.Id)];

        public void Scroll(int top)
        {
            Rows.Scroll(top, Screen);
            Fill();
        }

        ReviewSummary Next(int run)
        {
            var at = DateTimeOffset.UnixEpoch.AddSeconds(++_named / 2); // two of one instant
            return new()
            {
                NodeExecId = _named.ToString("0000", CultureInfo.InvariantCulture),
                UserId = "rosa",
                GraphExecId = $"run-{run % 5}",
                NodeId = $"node-{run % 3}",
                Origin = ReviewOrigin.Agent,
                PayloadStart = "1",
                PayloadHash = "",
                Editable = true,
                Status = ReviewStatus.WAITING,
                WasEdited = false,
                Processed = false,
                AutoApproved = false,
                CreatedAt = at,
                ReviewedAt = at,
            };
        }

        void Come(ReviewSummary review)
        {
            _all.Add(review);
            if (!_atRest || _isStale || !Rows.BeginsWithTheNewest || !Rows.PutOnTop(RowOf(review)))
            {
                _isStale = true;
                if (!_atRest && View is not { OldestFirst: true, Grouping: Grouping.none })
                    Rows.HoldBack(RowOf(review));
            }
            Moved();
        }

        void End(ReviewSummary review)
        {
            _all.Remove(review);
            _isStale = true;
            Rows.End(row => row.Id == review.NodeExecId, "Approved");
            Moved();
        }

        void Moved()
        {
            if (_atRest)
            {
                Settle();
                return;
            }
            foreach (var group in Rows.Groups)
                Anchor(group);
            Fill();
        }

        void Settle()
        {
            if (_isStale)
                Reload();
            else
                Fill();
        }

        void Reload()
        {
            _isStale = false;
            Rows.Begin(View);
            if (View.Grouping == Grouping.none)
                Rows.ShowAll(_all.Count);
            else
                Rows.Show(_all.GroupBy(KeyOf)
                    .Select(group => new ReviewGroup(group.Key, group.Count(), group.Max(review => review.CreatedAt)))
                    .OrderByDescending(group => group.Newest));
            Fill();
        }

        ReviewFilter KeyOf(ReviewSummary review) => View.Grouping == Grouping.execution
            ? View.Filter with { GraphExecId = review.GraphExecId }
            : View.Filter with { NodeId = review.NodeId, BlockId = ReviewFilter.AgentBlock };

        void Fill()
        {
            foreach (var lack in Rows.Lacking())
            {
                Rows.Take(lack, [.. Read(lack).Select(RowOf)]);
                if (lack.How == Lack.Elsewhere && _isStale)
                    Anchor(lack.Group);
            }
        }

        IEnumerable<ReviewSummary> Read(LackingRows lack)
        {
            var all = Of(lack.Group);
            if (lack.How == Lack.Whole)
                return all;
            if (lack.Part.From is not { } from)
                return all.Skip(lack.Part.Skip).Take(lack.Part.Take);
            var before = all.TakeWhile(review => IsBefore(PlaceOf(review), from)).ToList();
            return lack.Part.Backwards
                ? before.TakeLast(lack.Part.Take)
                : all.Skip(before.Count).SkipWhile(review => PlaceOf(review) == from).Take(lack.Part.Take);
        }

        void Anchor(InboxGroup group)
        {
            var all = Of(group);
            var first = group.Rows.Count == 0 ? null : Rows.PlaceOf(group.Rows[0]);
            Rows.Anchor(group, all.Count, first is null ? 0 : all.Count(review => IsBefore(PlaceOf(review), first)));
        }

        /// <summary>The reviews of a group in the list's order.</summary>
        List<ReviewSummary> Of(InboxGroup group)
        {
            var newestFirst = _all.Where(review => Rows.Belongs(group, review))
                .OrderByDescending(review => review.CreatedAt).ThenByDescending(review => review.NodeExecId, StringComparer.Ordinal);
            return [.. View.OldestFirst ? newestFirst.Reverse() : newestFirst];
        }

        bool IsBefore(ListCursor a, ListCursor b)
        {
            var isNewer = a.At != b.At ? a.At > b.At : string.CompareOrdinal(a.Id, b.Id) > 0;
            return a != b && isNewer != View.OldestFirst;
        }

        ListCursor PlaceOf(ReviewSummary review) => ReviewList.PlaceOf(View.Tab, review);

        static InboxRow RowOf(ReviewSummary review) => new(review, [], []);
    }
}
