using HitlReview.Core.Payloads;
using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

public sealed class PayloadNodeTests
{
    [Fact]
    public void Every_key_is_there_whatever_it_is_called()
    {
        var tree = Read("""{"data":"tidy up","command":"rm -rf /","instructions":"x","":"empty key","na\u200Bme":1}""");

        Assert.Equal(["data", "command", "instructions", "", "na\u200Bme"], tree.Parts.Select(part => part.Key));
    }

    [Theory]
    [InlineData("12345678901234567890")]
    [InlineData("1.10")]
    [InlineData("1e400")]
    [InlineData("-0")]
    public void Digits_stay_as_they_are_written(string number) => Assert.Equal(number, Read($$"""{"n":{{number}}}""").Parts[0].Text);

    [Theory]
    [InlineData("null", PayloadKind.Word)]
    [InlineData("false", PayloadKind.Word)]
    [InlineData("0", PayloadKind.Number)]
    [InlineData("\"\"", PayloadKind.Text)]
    [InlineData("[]", PayloadKind.Items)]
    [InlineData("{}", PayloadKind.Fields)]
    public void A_payload_that_counts_as_nothing_elsewhere_is_shown(string payload, PayloadKind kind) =>
        Assert.Equal(kind, Read(payload).Kind);

    [Fact]
    public void Titles_and_descriptions_come_from_the_schema_at_every_level()
    {
        var schema = PayloadSchema.Parse("""
            {"type":"object","properties":{"to":{"title":"To","description":"Who gets it.","type":"array","items":{"type":"object","properties":{"name":{"title":"Full name","type":"string"}}}}}}
            """);

        var to = PayloadNode.Of(JsonText.Parse("""{"to":[{"name":"Ann","other":1}],"extra":true}""", "payload"), schema).Parts[0];

        Assert.Equal(("To", "Who gets it."), (to.Title, to.Description));
        Assert.Equal(["Full name", null], to.Parts[0].Parts.Select(part => part.Title));
    }

    [Fact]
    public void A_long_key_around_many_items_takes_no_more_room_than_they_do()
    {
        var payload = JsonText.Parse($$"""{"{{new string('k', 200_000)}}":[{{string.Join(',', Enumerable.Repeat(0, 20_000))}}]}""", "payload");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var items = PayloadNode.Of(payload, null).Parts[0];
        PayloadFolds.Folded(items, new Dictionary<PayloadNode, int> { [items] = items.Parts.Count });

        Assert.Equal(20_000, items.Parts.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    static PayloadNode Read(string json) => PayloadNode.Of(JsonText.Parse(json, "payload"), null);
}
