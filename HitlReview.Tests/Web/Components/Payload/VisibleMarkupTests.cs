using Bunit;
using HitlReview.Core.Showing;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Tests.Web.Components.Payload;

public sealed class VisibleMarkupTests : BunitContext
{
    [Fact]
    public void The_host_of_an_address_is_made_plain_and_is_no_link()
    {
        var shown = Render(Visible.Text("see https://bank.example@evil.example/x or ann@mail.example"));

        Assert.Equal("see https://bank.example@evil.example/x or ann@mail.example", shown.Find(".foreign").TextContent);
        Assert.Equal(["evil.example", "mail.example"], shown.FindAll("b.host").Select(host => host.TextContent));
        Assert.Empty(shown.FindAll("a"));
    }

    [Fact]
    public void What_would_push_text_out_of_sight_is_a_mark()
    {
        var shown = Render(Visible.Text($"a{new string(' ', 120)}b{new string('\n', 40)}c"));

        Assert.Equal("a⎵ 120 blanksb⏎ 40 line breaksc", shown.Find(".foreign").TextContent);
        Assert.Equal(2, shown.FindAll(".unseen").Count);
    }

    [Fact]
    public void Blanks_at_the_ends_of_a_line_are_marks_and_those_of_a_letter_are_not()
    {
        Assert.Equal("⎵ 1 blankto⎵ 2 blanks", Render(Visible.Text(" to  ")).Find(".foreign").TextContent);
        Assert.Equal("Hello \n  Bob ", Render(Visible.Text("Hello \n  Bob ")).Find(".foreign").TextContent);
    }

    [Fact]
    public void A_letter_that_is_taken_for_another_is_marked_where_it_stands_and_a_host_has_its_code_beside_it()
    {
        var shown = Render(Visible.Text("p\u0430ypal at https://shop.b\u00FCcher.example/"));

        Assert.Equal(("\u0430", "U+0430"), shown.Find("mark.alike") is var mark ? (mark.TextContent, mark.GetAttribute("title")) : default);
        Assert.Equal("b\u00FCcher.example", shown.Find("b.host").TextContent);
        Assert.Equal("xn--bcher-kva.example", shown.Find("b.host + .unseen").TextContent);
    }

    [Fact]
    public void A_mark_says_which_characters_it_stands_for()
    {
        Assert.Equal("U+00A0 no-break space", Render(Visible.Text($"a{new string('\u00A0', 30)}b")).Find(".unseen").GetAttribute("title"));
        Assert.Equal("U+200B ×3", Render(Visible.Text("a\u200B\u200B\u200Bb")).Find(".unseen").TextContent);
    }

    [Fact]
    public void The_whole_text_keeps_its_blanks_and_names_what_hides()
    {
        var shown = Render(Visible.Whole($"a{new string(' ', 120)}b{new string('\n', 40)}\u200Bc"));

        Assert.Equal($"a{new string(' ', 120)}b{new string('\n', 40)}U+200Bc", shown.Find(".foreign").TextContent);
    }

    [Fact]
    public void A_family_of_emoji_stays_together() =>
        Assert.Equal("👩‍👩‍👧‍👦 ❤️", Render(Visible.Text("👩‍👩‍👧‍👦 ❤️")).Find(".foreign").InnerHtml);

    [Fact]
    public void A_text_is_cut_with_an_ellipsis_and_not_inside_a_character() =>
        Assert.Equal("ab…", Render(Visible.Text("ab😀", 3)).Find(".foreign").TextContent);
}
