using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

/// <summary>The line of a list that tells payloads of one kind apart.</summary>
public sealed class PayloadPreviewTests
{
    static readonly IReadOnlyList<SentencePart> s_nothingSaid = [];

    [Fact]
    public void What_differs_comes_first_and_what_all_have_behind_it()
    {
        var lines = Lines(
            """{"headers":{"X-Reason":"claim"},"body":{"order":"A-1007","amount":"64.90","currency":"EUR"}}""",
            """{"headers":{"X-Reason":"claim"},"body":{"order":"A-1012","amount":"129.00","currency":"EUR"}}""",
            """{"headers":{"X-Reason":"claim"},"body":{"order":"A-1033","amount":"51.50","currency":"EUR"}}""");

        Assert.Equal("order A-1007 · amount 64.90 · X-Reason claim · currency EUR", lines[0]);
        Assert.Equal("order A-1033 · amount 51.50 · X-Reason claim · currency EUR", lines[2]);
    }

    [Fact]
    public void What_the_fewest_have_comes_before_what_some_have()
    {
        var lines = Lines(
            """{"url":"https://example.com/api/refunds","order":"A-1"}""",
            """{"url":"https://example.com/api/refunds","order":"B-2"}""",
            """{"url":"https://example.com/api/tags","commit":"9f1c2ab"}""");

        Assert.Equal("order A-1 · url https://example.com/api/refunds", lines[0]);
        Assert.Equal("url https://example.com/api/tags · commit 9f1c2ab", lines[2]);
    }

    [Fact]
    public void One_alone_is_shown_as_it_is() =>
        Assert.Equal("to ann · n 1", Assert.Single(Lines("""{"to":"ann","n":1}""")));

    [Fact]
    public void What_only_some_have_comes_first_as_well() =>
        Assert.Equal(["to ann", "bcc eve · to ann"], Lines("""{"to":"ann"}""", """{"to":"ann","bcc":"eve"}"""));

    [Fact]
    public void Items_of_a_list_are_held_against_each_other_by_their_places() =>
        Assert.Equal(["to ben · to ann", "to eve · to ann"], Lines("""{"to":["ann","ben"]}""", """{"to":["ann","eve"]}"""));

    [Fact]
    public void Of_long_texts_that_begin_alike_the_line_begins_where_they_part()
    {
        var lines = Lines(
            """{"text":"Dear customer, we are very pleased to tell you that your order A-1 was sent."}""",
            """{"text":"Dear customer, we are very pleased to tell you that your order B-2 was sent."}""");

        Assert.Equal(["text …A-1 was sent.", "text …B-2 was sent."], lines);
    }

    [Fact]
    public void A_letter_of_two_units_is_not_cut_in_two() =>
        Assert.Equal("text …\U0001F600b", Lines(
            $$"""{"text":"{{new string('x', 40)}}{{"\U0001F600"}}b"}""", $$"""{"text":"{{new string('x', 40)}}{{"\U0001F601"}}b"}""")[0]);

    [Fact]
    public void What_the_sentence_says_is_not_said_again_unless_it_says_what_differs_where_a_phone_has_cut_it()
    {
        const string one = """{"url":"https://api.example.com/v1/customers/1001","n":1}""";
        const string other = """{"url":"https://api.example.com/v1/customers/1002","n":1}""";
        IReadOnlyList<SentencePart> Said(string url) => [new("Send a GET request to ", false), new(url, true)];
        var values = new[] { PayloadPreview.ValuesOf(one), PayloadPreview.ValuesOf(other) };

        Assert.Equal(
            "n 1", new PayloadPreview([values[0]]).Of(values[0], Said("https://api.example.com/v1/customers/1001"), 160));
        // Its end is what tells it from the other, and nothing else does.
        Assert.Equal(
            "url …1001 · n 1", new PayloadPreview(values).Of(values[0], Said("https://api.example.com/v1/customers/1001"), 160));
    }

    [Fact]
    public void A_payload_that_the_sentence_says_whole_is_shown_all_the_same()
    {
        var values = PayloadPreview.ValuesOf("""{"to":"ann"}""");

        Assert.Equal("to ann", new PayloadPreview([values]).Of(values, [new("ann", true)], 160));
    }

    [Theory]
    [InlineData("{}", "{}"), InlineData("[]", "[]"), InlineData("1", "1"), InlineData("\"a\"", "a"), InlineData("null", "null")]
    [InlineData("""{"a":{"b":[]},"c":[[1],[2]]}""", "c 1 · c 2")]
    [InlineData("""{"a":"x","b":"cut off he""", "a x")]
    public void Any_payload_has_a_line_also_one_that_is_cut(string start, string line) => Assert.Equal([line], Lines(start));

    [Fact]
    public void Of_a_large_payload_little_is_kept()
    {
        var many = PayloadPreview.ValuesOf("[" + string.Join(',', Enumerable.Repeat("\"" + new string('x', 500) + "\"", 30)) + "]");
        var small = PayloadPreview.ValuesOf("[" + string.Join(',', Enumerable.Repeat("1", 5_000)) + "]");

        Assert.InRange(many.Sum(value => value.Text.Length), 500, 2_500);
        Assert.Equal(40, small.Count);
        // Nor of a name that is part of each place below it.
        var named = PayloadPreview.ValuesOf($$"""{"{{new string('n', 16_000)}}":[{{string.Join(',', Enumerable.Repeat("1", 40))}}]}""");
        Assert.InRange(named.Sum(value => value.Place.Length + value.Name.Length), 1, 6_000);
    }

    static string[] Lines(params string[] payloads)
    {
        var values = payloads.Select(PayloadPreview.ValuesOf).ToList();
        var preview = new PayloadPreview(values);
        return [.. values.Select(of => preview.Of(of, s_nothingSaid, 160))];
    }
}
