using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Tests.Web.Components.Payload;

/// <summary>The shape of a payload that nobody has described.</summary>
public sealed class InferredSchemaTests
{
    [Theory]
    [InlineData("""{"to":"ann","n":1.50,"sent":false,"x":null}""",
        """{"type":"object","properties":{"to":{"type":"string"},"n":{"type":"number"},"sent":{"type":"boolean"},"x":{}}}""")]
    [InlineData("""["a","b"]""", """{"type":"array","items":{"type":"string"}}""")]
    [InlineData("""[1,"b"]""", """{"type":"array"}""")]
    [InlineData("[]", """{"type":"array"}""")]
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("""{"\"":{"a":[{"b":1},{"b":2}]}}""",
        """{"type":"object","properties":{"\u0022":{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"number"}}}}}}}}""")]
    public void It_has_what_the_payload_has_each_of_its_type(string payload, string schema) =>
        Assert.Equal(schema, InferredSchema.Of(JsonText.Trusted(payload)));

    [Theory]
    [InlineData("1"), InlineData("\"a\""), InlineData("null"), InlineData("true")]
    public void Of_a_single_value_there_is_none(string payload) => Assert.Null(InferredSchema.Of(JsonText.Trusted(payload)));

    [Fact]
    public void Of_more_than_a_form_is_a_help_for_there_is_none()
    {
        Assert.Null(InferredSchema.Of(JsonText.Trusted("[" + string.Join(',', Enumerable.Repeat("1", 1_000)) + "]")));
        Assert.Null(InferredSchema.Of(JsonText.Trusted(new string('[', 20) + new string(']', 20))));
        var items = string.Concat(Enumerable.Range(0, 500).Select(i => $"\"k{i}\":1,"));
        Assert.Null(InferredSchema.Of(JsonText.Trusted("{" + items + "\"z\":1}")));
    }

    [Fact]
    public void It_is_one_that_the_payload_keeps_to()
    {
        var payload = JsonText.Trusted("""{"a":[1,2],"b":{"c":"d","e":[true,null]}}""");

        Assert.NotNull(PayloadSchema.Parse(InferredSchema.Of(payload)!));
    }
}
