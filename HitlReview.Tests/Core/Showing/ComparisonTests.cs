using HitlReview.Core.Payloads;
using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

/// <summary>Where payloads are the same and where they differ.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void What_differs_is_a_column_and_what_does_not_is_said_once()
    {
        var comparison = Of("""{"to":"ann","text":"Hello","n":1}""", """{"to":"bob","text":"Hello","n":1}""");

        Assert.Equal(["$.to"], comparison.Columns);
        Assert.Equal([("$.text", new ComparedValue("Hello", true)), ("$.n", new ComparedValue("1", false))], comparison.Same);
        Assert.Equal(["ann", "bob"], comparison.Rows.Select(row => row["$.to"].Text));
    }

    [Fact]
    public void Of_one_payload_all_is_the_same() =>
        Assert.Equal((2, 0), (Of("""{"a":1,"b":{"c":2}}""").Same.Count, Of("""{"a":1,"b":{"c":2}}""").Columns.Count));

    [Fact]
    public void What_one_lacks_is_a_column_in_which_it_has_nothing()
    {
        var comparison = Of("""{"a":1}""", """{"a":1,"bcc":"eve"}""", """{"a":1}""");

        Assert.Equal(["$.bcc"], comparison.Columns);
        Assert.Equal([false, true, false], comparison.Rows.Select(row => row.ContainsKey("$.bcc")));
    }

    [Fact]
    public void Objects_are_compared_member_by_member_in_whatever_order_and_lists_as_they_are()
    {
        var comparison = Of("""{"o":{"a":1,"b":{"c":[1,2]}}}""", """{"o":{"b":{"c":[2,1]},"a":1}}""");

        Assert.Equal(["$.o.b.c"], comparison.Columns);
        Assert.Equal(["$.o.a"], comparison.Same.Select(same => same.Path));
        Assert.Equal(["[1,2]", "[2,1]"], comparison.Rows.Select(row => row["$.o.b.c"].Text));
    }

    [Theory]
    [InlineData("1.0", "1")]
    [InlineData("12345678901234567890", "12345678901234567891")]
    [InlineData("1e400", "1e401")]
    [InlineData("\"1\"", "1")]
    [InlineData("\"null\"", "null")]
    [InlineData("\"\"", "null")]
    [InlineData("{}", "[]")]
    [InlineData("{}", "\"{}\"")]
    [InlineData("\" a\"", "\"a\"")]
    [InlineData("\"a\\u200b\"", "\"a\"")]
    [InlineData("\"\\\"a\\\"\"", "\"a\"")]
    public void Values_that_differ_are_never_said_to_be_the_same_nor_look_it(string one, string other)
    {
        var comparison = Of(one, other);

        Assert.Equal(["$"], comparison.Columns);
        Assert.NotEqual(comparison.Rows[0]["$"].Text, comparison.Rows[1]["$"].Text);
    }

    [Theory]
    [InlineData("""{"a.b":1}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a[0]":1}""", """{"a":[1]}""")]
    [InlineData("""{"":1}""", """{" ":1}""")]
    [InlineData("""{"\"a\"":1}""", """{"a":1}""")]
    [InlineData("""{"pаy":1}""", """{"pay":1}""")]
    [InlineData("""{"a\u200b":1}""", """{"a":1}""")]
    [InlineData("""{"A":1}""", """{"a":1}""")]
    public void Keys_that_differ_are_columns_of_their_own(string one, string other)
    {
        var comparison = Of(one, other);

        Assert.Equal(2, comparison.Columns.Count);
        Assert.Empty(comparison.Same);
        Assert.All(comparison.Rows, row => Assert.Single(row));
    }

    [Fact]
    public void More_columns_than_anybody_takes_in_are_one_with_the_whole_payloads()
    {
        string[] payloads = [Wide(0), Wide(1)];

        var comparison = Of(payloads);

        Assert.Equal((0, "$"), (comparison.Same.Count, Assert.Single(comparison.Columns)));
        Assert.Equal(payloads, comparison.Rows.Select(row => row["$"].Text));

        static string Wide(int value) =>
            $$"""{"same":true,{{string.Join(',', Enumerable.Range(0, Comparison.MaxColumns + 1).Select(i => $"\"k{i}\":{value}"))}}}""";
    }

    [Fact]
    public void Every_value_of_every_payload_is_in_it_somewhere()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var payloads = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Member(random, 3)).ToArray();

            var comparison = Of(payloads);

            foreach (var (payload, row) in payloads.Zip(comparison.Rows))
                Assert.Equal(Leaves(payload), comparison.Same.Count + row.Count);
        }
    }

    static string Member(Random random, int depth) => (depth == 0 ? 0 : random.Next(3)) switch
    {
        0 => ((string[])["1", "true", "\"x\"", "null", "[1]", "{}"])[random.Next(6)],
        _ => $"{{{string.Join(',', ((string[])["a", "b", "a.b", ""]).Where(_ => random.Next(2) == 0)
            .Select(key => $"\"{key}\":{Member(random, depth - 1)}"))}}}",
    };

    static int Leaves(string payload)
    {
        return Count(JsonText.Parse(payload, "payload").Root);

        static int Count(System.Text.Json.JsonElement element) =>
            element.ValueKind == System.Text.Json.JsonValueKind.Object && element.EnumerateObject().Any()
                ? element.EnumerateObject().Sum(member => Count(member.Value)) : 1;
    }

    static Comparison Of(params string[] payloads) => Comparison.Of([.. payloads.Select(payload => JsonText.Parse(payload, "payload"))]);
}
