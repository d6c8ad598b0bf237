using Bunit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Showing;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Tests.Web.Components.Payload;

public sealed class PayloadViewTests : BunitContext
{
    [Fact]
    public void Both_data_and_command_are_shown()
    {
        var view = Show("""{"data":"tidy up","command":"rm -rf /"}""");

        Assert.Equal(["data", "command"], view.FindAll(".key").Select(key => key.TextContent));
        Assert.Equal(["tidy up", "rm -rf /"], view.FindAll(".text").Select(text => text.TextContent));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(30, 2)]
    public void The_layout_of_a_difference_is_marked_only_where_it_leads_out_of_sight(int levels, int marks)
    {
        var view = Render<DiffView>(diff => diff.Add(d => d.Before, Nested("1")).Add(d => d.After, Nested("2")));

        Assert.Equal(2, view.FindAll(".diff-added, .diff-removed").Count);
        Assert.Equal(marks, view.FindAll(":is(.diff-added, .diff-removed) .unseen").Count);

        JsonText Nested(string value) =>
            JsonText.Parse($"{new string('[', levels)}{value}{new string(']', levels)}", "payload");
    }

    [Fact]
    public void The_raw_text_is_the_payload_to_the_character()
    {
        const string payload = """{ "n" : 12345678901234567890 , "p":1.10,"e":"\u0041" }""";
        var view = Show(payload);

        view.Find("[data-testid=payload-raw]").Click();

        Assert.Equal(payload, view.Find("pre.raw").TextContent);
    }

    [Fact]
    public void A_hidden_character_is_named_where_it_stands()
    {
        var view = Show("{\"file\":\"invoice\u202Egpj.exe\"}");

        Assert.Equal("invoiceU+202Egpj.exe", view.Find(".text").TextContent);
        Assert.Equal("right-to-left override", view.Find(".unseen").GetAttribute("title"));
    }

    [Theory]
    [InlineData("\"64.90\"", "\"64.90\"")]
    [InlineData("64.90", "64.90")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("true", "true")]
    [InlineData("\"null\"", "\"null\"")]
    [InlineData("\"2 eggs\"", "2 eggs")]
    public void A_text_that_reads_as_a_value_stands_in_its_quotes(string payload, string shown) =>
        Assert.Equal(shown, Show(payload).Find(".payload-panel").TextContent.Trim());

    [Theory]
    [InlineData("1234567", new[] { "1", "234", "567" })]
    [InlineData("-1000000.55", new[] { "-1", "000", "000" })]
    [InlineData("123456", new[] { "123", "456" })]
    [InlineData("1234", new string[0])]
    public void A_long_number_is_set_in_groups_and_is_the_same_number(string number, string[] groups)
    {
        var view = Show(number);

        Assert.Equal(groups, view.FindAll(".digits").Select(group => group.TextContent));
        Assert.Equal(number, view.Find(".number").TextContent);
    }

    [Fact]
    public void Markup_in_a_payload_is_text() => Assert.Empty(Show("""{"a":"<button data-testid=approve>Approve</button>"}""").FindAll("[data-testid=approve]"));

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_payload_that_counts_as_nothing_elsewhere_is_shown(string payload) =>
        Assert.Contains(payload, Show(payload).Find(".payload-panel").TextContent, StringComparison.Ordinal);

    [Fact]
    public void What_is_folded_says_how_much_it_is_and_is_told_until_it_is_opened()
    {
        var unread = new List<int>();
        var view = Show($$"""{"long":"{{new string('x', PayloadFolds.TextStart + 7)}}"}""", unread.Add);
        Assert.Equal(PayloadFolds.TextStart, view.Find(".text").TextContent.Length);
        Assert.Equal("Show the remaining 7 characters", view.Find("[data-testid=unfold]").TextContent);

        view.Find("[data-testid=unfold]").Click();

        Assert.Equal(PayloadFolds.TextStart + 7, view.Find(".text").TextContent.Length);
        Assert.Equal([1, 0], unread);
    }

    [Fact]
    public void A_long_list_opens_step_by_step_to_its_end()
    {
        var unread = new List<int>();
        var view = Show($"[{string.Join(',', Enumerable.Range(0, 1_300))}]", unread.Add);
        Assert.Equal(100, view.FindAll("li").Count);

        view.Find("[data-testid=unfold]").Click();
        Assert.Equal(1_100, view.FindAll("li").Count);
        Assert.Equal("Show the remaining 200 items", view.Find("[data-testid=unfold]").TextContent);
        view.Find("[data-testid=unfold]").Click();

        Assert.Equal(1_300, view.FindAll("li").Count);
        Assert.Empty(view.FindAll("[data-testid=unfold]"));
        Assert.Equal([1, 1, 0], unread);
    }

    [Fact]
    public void Read_as_raw_text_nothing_is_unread()
    {
        var unread = new List<int>();
        var view = Show($"[{string.Join(',', Enumerable.Range(0, 300))}]", unread.Add);

        view.Find("[data-testid=payload-raw]").Click();

        Assert.Equal([1, 0], unread);
    }

    [Fact]
    public void Another_payload_replaces_what_was_shown()
    {
        var view = Show("""{"a":1}""");

        view.Render(parameters => parameters.Add(v => v.Payload, JsonText.Parse("""{"b":2}""", "payload")));

        Assert.Equal("b", view.Find(".key").TextContent);
    }

    IRenderedComponent<PayloadView> Show(string payload, Action<int>? unread = null) => Render<PayloadView>(parameters =>
    {
        parameters.Add(view => view.Payload, JsonText.Parse(payload, "payload"));
        if (unread is not null)
            parameters.Add(view => view.OnUnread, unread);
    });
}
