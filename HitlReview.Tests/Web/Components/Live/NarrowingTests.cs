using HitlReview.Web.Components.Live;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Web.Components.Live;

/// <summary>What a list is narrowed to, while its address is half a trip away.</summary>
public sealed class NarrowingTests
{
    static readonly Choice s_none = new(null, "all");

    readonly FakeTimeProvider _clock = new();
    readonly List<Choice> _went = [];
    readonly Narrowing<Choice> _narrowing;

    public NarrowingTests() =>
        _narrowing = new(_clock, s_none, (of, typed) => of with { Text = typed.Text }, (of, _) => _went.Add(of));

    sealed record Choice(string? Text, string State);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task TypeAsync(string text)
    {
        var typed = _narrowing.TypeAsync(_narrowing.Wanted with { Text = text }, Ct);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await typed;
    }

    [Fact]
    public async Task What_was_typed_goes_into_the_address_after_a_pause_and_is_not_given_back_to_the_field()
    {
        var first = _narrowing.TypeAsync(s_none with { Text = "a" }, Ct);
        await TypeAsync("ab");
        await first;
        Assert.Equal(["ab"], _went.Select(choice => choice.Text));
        Assert.True(_narrowing.IsBehind);

        _narrowing.Arrived(_went[0]);

        Assert.False(_narrowing.IsBehind);
        Assert.Null(_narrowing.Given.Text);
        Assert.Equal("ab", _narrowing.Wanted.Text);
    }

    [Fact]
    public async Task A_link_pressed_before_the_typed_text_was_in_the_address_keeps_both_whichever_comes_first()
    {
        await TypeAsync("ab");

        // The browser went by the link first, and then to what was asked of it, which knew nothing of the link.
        _narrowing.Arrived(s_none with { State = "review" });
        _narrowing.Arrived(_went[0]);

        Assert.Equal(new("ab", "review"), _went[^1]);
        _narrowing.Arrived(_went[^1]);
        Assert.False(_narrowing.IsBehind);
        Assert.Equal(new("ab", "review"), _narrowing.Asked);
    }

    [Fact]
    public async Task A_link_pressed_while_somebody_types_goes_with_what_is_typed()
    {
        var typed = _narrowing.TypeAsync(s_none with { Text = "ab" }, Ct);
        _narrowing.Arrived(s_none with { State = "review" });
        Assert.Empty(_went);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await typed;

        Assert.Equal([new("ab", "review")], _went);
    }

    [Fact]
    public void Two_choices_close_together_build_upon_each_other()
    {
        _narrowing.Choose(_narrowing.Wanted with { State = "review" });
        _narrowing.Choose(_narrowing.Wanted with { Text = "ab" });

        _narrowing.Arrived(_went[0]);

        Assert.Equal([new(null, "review"), new("ab", "review")], _went);
        Assert.Equal(new("ab", "review"), _narrowing.Asked);
        _narrowing.Arrived(_went[1]);
        Assert.False(_narrowing.IsBehind);
    }

    [Fact]
    public void A_way_back_gives_the_fields_what_it_says()
    {
        _narrowing.Arrived(new("old", "stuck"));

        Assert.Equal(new("old", "stuck"), _narrowing.Given);
        Assert.Empty(_went);
        _narrowing.Choose(_narrowing.Wanted);
        Assert.Empty(_went);
    }

    [Fact]
    public async Task A_link_with_a_text_of_its_own_is_meant_also_while_somebody_types()
    {
        var typed = _narrowing.TypeAsync(s_none with { Text = "ab" }, Ct);
        _narrowing.Arrived(new("is:snoozed", "all"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await typed;

        Assert.Empty(_went);
        Assert.Equal(("is:snoozed", 1), (_narrowing.Given.Text, _narrowing.Turn));
    }

    [Fact]
    public async Task Fields_are_drawn_anew_where_a_link_clears_what_was_typed_though_they_are_given_what_they_were_given_before()
    {
        await TypeAsync("ab");
        _narrowing.Arrived(_went[0]);
        Assert.Equal(0, _narrowing.Turn);

        _narrowing.Arrived(s_none);

        Assert.Equal((null, 1), (_narrowing.Given.Text, _narrowing.Turn));
        _narrowing.Arrived(s_none with { State = "review" });
        Assert.Equal(1, _narrowing.Turn);
    }

    [Fact]
    public async Task A_page_that_is_gone_asks_for_nothing()
    {
        using var gone = new CancellationTokenSource();
        var typed = _narrowing.TypeAsync(s_none with { Text = "ab" }, gone.Token);
        await gone.CancelAsync();
        await typed;

        Assert.Empty(_went);
    }
}
