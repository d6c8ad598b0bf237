using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Wire;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The view of the inbox in the address bar.</summary>
public sealed class InboxAddressTests
{
    static readonly string[] s_texts = ["plain", "a b+c&d=e?f#g/h%20", "“Grüße” 😀", "$.to", "\\", "100%"];

    public static TheoryData<InboxView> Views
    {
        get
        {
            var none = ReviewFilter.None;
            var filters = new List<ReviewFilter>
            {
                none, none with { Tab = ReviewTab.Decided },
                none with { Editable = true }, none with { Editable = false }, none with { HasWarnings = true },
                none with
                {
                    Text = "x",
                    BlockId = "b",
                    AskedByKeyId = "k",
                    GraphId = "g",
                    GraphExecId = "e",
                    NodeId = "n",
                    Editable = true,
                },
                none with
                {
                    Tab = ReviewTab.Decided,
                    Text = "x",
                    BlockId = "b",
                    AskedByKeyId = "k",
                    GraphId = "g",
                    GraphExecId = "e",
                    NodeId = "n",
                    Editable = false,
                    DecidedAs = DecidedAs.edited,
                },
            };
            filters.AddRange(AgeChoice.All.Select(age => AgeChoice.Set(none, age)));
            filters.AddRange(Enum.GetValues<DecidedAs>().Select(how => none with { Tab = ReviewTab.Decided, DecidedAs = how }));
            foreach (var text in s_texts)
                filters.AddRange(
                [
                    none with { Text = text },
                    none with { BlockId = text },
                    none with { GraphId = text },
                    none with { GraphExecId = text },
                    none with { NodeId = text },
                    none with { AskedByKeyId = text },
                ]);
            return
            [
                .. filters.SelectMany(filter => new InboxView[] { new(filter), new(filter, OldestFirst: true) }),
                .. Enum.GetValues<Grouping>().Select(by => new InboxView(none, Grouping: by)),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_view_comes_back_from_its_address_also_with_a_review_open_in_it(InboxView view)
    {
        Assert.Equal(view, Parse(InboxAddress.Of(view)));
        Assert.Equal(view, Parse(InboxAddress.Of(view, "a/b?c#d%e 😀")));
    }

    [Theory]
    [InlineData(ReviewTab.Waiting, "/"), InlineData(ReviewTab.Decided, "/decided")]
    public void The_plain_view_has_a_plain_address(ReviewTab tab, string address) =>
        Assert.Equal(address, InboxAddress.Of(new(ReviewFilter.None with { Tab = tab })));

    [Fact]
    public void A_review_is_named_in_the_path_whatever_its_id()
    {
        Assert.Equal("/review/a%2Fb%3F?q=x", InboxAddress.Of(new(ReviewFilter.None with { Text = "x" }), "a/b?"));
        Assert.Equal(
            "/decided/copilot-node-1%3Aff",
            InboxAddress.Of(new(ReviewFilter.None with { Tab = ReviewTab.Decided }), "copilot-node-1:ff"));
    }

    [Theory]
    [InlineData("/?group=99"), InlineData("/?group=-1"), InlineData("/?group=execution,node")]
    [InlineData("/?group=none"), InlineData("/?group="), InlineData("/?group=1")]
    [InlineData("/?sort=up"), InlineData("/?sort"), InlineData("/?age=over-9d"), InlineData("/?editable=maybe")]
    [InlineData("/?decided=7"), InlineData("/?q="), InlineData("/?q=%20%20")]
    [InlineData("/?q=%00"), InlineData("/?block=%00"), InlineData("/?graph=a%00b"), InlineData("/?execution=%00"), InlineData("/?node=%00")]
    [InlineData("/?unknown=1&&&=&%"), InlineData("/?"), InlineData("/#q=x")]
    public void What_an_address_says_wrongly_is_left_out(string address) => Assert.Equal(new InboxView(ReviewFilter.None), Parse(address));

    [Fact]
    public void Of_what_an_address_says_twice_the_first_counts() => Assert.Equal("a", Parse("/?q=a&q=b").Filter.Text);

    [Fact]
    public void How_it_was_decided_is_asked_of_the_decided_only() =>
        Assert.Equal(new(ReviewFilter.None), Parse(InboxAddress.Of(new(ReviewFilter.None with { DecidedAs = DecidedAs.edited }))));

    [Theory]
    [InlineData(ReviewFilter.MaxText + 1), InlineData(100_000)]
    public void A_search_too_long_is_cut_and_never_within_a_character(int length)
    {
        Assert.Equal(new string('x', ReviewFilter.MaxText), Parse("/?q=" + new string('x', length)).Filter.Text);

        var cut = Parse("/?q=" + new string('x', ReviewFilter.MaxText - 1) + Uri.EscapeDataString("😀")).Filter.Text!;
        Assert.False(char.IsHighSurrogate(cut[^1]), "Half a character is searched for.");
        Assert.StartsWith(new string('x', ReviewFilter.MaxText - 1), cut, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_set_narrows_nothing_and_what_is_set_does()
    {
        Assert.True(Parse("/").Filter.IsEmpty);
        Assert.True(Parse("/decided").Filter.IsEmpty);
        Assert.True(Parse("/?sort=oldest&group=node").Filter.IsEmpty);
        Assert.False(Parse("/?editable=no").Filter.IsEmpty);
    }

    [Theory]
    [InlineData("run-1"), InlineData("a/b ?#%41&=+:ü")]
    public void A_card_leads_to_where_the_inbox_is_without_knowing_it(string id)
    {
        Assert.Equal(InboxAddress.Of(new(ReviewFilter.None), id), ReviewAddress.Of(id));
        Assert.Equal(InboxAddress.Of(new(ReviewFilter.None with { GraphExecId = id })), ReviewAddress.OfExecution(id));
    }

    static InboxView Parse(string address) => InboxAddress.Parse(new Uri(new Uri("https://hitl.example/"), address));
}
