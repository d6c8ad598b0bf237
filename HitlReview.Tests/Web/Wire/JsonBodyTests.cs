using System.Text;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Web.Wire;

namespace HitlReview.Tests.Web.Wire;

public sealed class JsonBodyTests
{
    public sealed record Item
    {
        public required string NodeExecId { get; init; }
        public required bool Approved { get; init; }
        public string? Message { get; init; }
        public JsonElement? ReviewedData { get; init; }
    }

    public enum Colour
    {
        Red,
        DarkBlue,
    }

    public sealed record Request
    {
        public required IReadOnlyList<Item> Reviews { get; init; }
        public int? Count { get; init; }
        public Colour Colour { get; init; }
        public JsonElement Payload { get; init; }
        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? Inputs { get; init; }
    }

    [Fact]
    public void A_whole_body_is_read_with_its_json_members_to_the_character()
    {
        var request = Parse("""{"reviews":[{"node_exec_id":"n","approved":true,"message":null,"reviewed_data":{"b": 12345678901234567890, "a":1.10}}],"count":3,"colour":"DarkBlue","payload": 1e400,"inputs":{"n":{"p":[ 1 ]}}}""");

        Assert.Equal("""{"b": 12345678901234567890, "a":1.10}""", request.Reviews[0].ReviewedData!.Value.GetRawText());
        Assert.Equal("1e400", request.Payload.GetRawText());
        Assert.Equal("[ 1 ]", request.Inputs!["n"]["p"].GetRawText());
        Assert.Equal(
            (true, "n", 3, Colour.DarkBlue), (request.Reviews[0].Approved, request.Reviews[0].NodeExecId, request.Count, request.Colour));
    }

    [Fact]
    public void Null_and_missing_are_told_apart_where_that_matters()
    {
        Assert.Equal(JsonValueKind.Null, Parse("""{"reviews":[],"payload":null}""").Payload.ValueKind);
        Assert.Equal(JsonValueKind.Undefined, Parse("""{"reviews":[]}""").Payload.ValueKind);
        Assert.Null(Parse("""{"reviews":[{"node_exec_id":"n","approved":true,"reviewed_data":null}]}""").Reviews[0].ReviewedData);
    }

    [Theory]
    [InlineData("""{"reviews":[{"approved":true}]}""", "reviews[0].node_exec_id is missing.")]
    [InlineData("""{"reviews":[{"node_exec_id":"n","approved":"yes"}]}""", "reviews[0].approved must be true or false.")]
    [InlineData("""{"reviews":[{"node_exec_id":1,"approved":true}]}""", "reviews[0].node_exec_id must be a string.")]
    [InlineData("""{"reviews":[{"node_exec_id":null,"approved":true}]}""", "reviews[0].node_exec_id must not be null.")]
    [InlineData("""{"reviews":[],"Count":1}""", "Count is not a known field.")]
    [InlineData("""{"reviews":[{"node_exec_id":"n","approved":true,"aproved":false}]}""", "reviews[0].aproved is not a known field.")]
    [InlineData("""{"reviews":{}}""", "reviews must be an array.")]
    [InlineData("""{"reviews":null}""", "reviews must not be null.")]
    [InlineData("""{"reviews":[],"count":1.5}""", "count must be an integer.")]
    [InlineData("""{"reviews":[],"count":"1"}""", "count must be an integer.")]
    [InlineData("""{"reviews":[],"count":3000000000}""", "count must be an integer.")]
    [InlineData("""{"reviews":[],"colour":"PINK"}""", "colour has a value that is not accepted.")]
    [InlineData("""{"reviews":[],"colour":1}""", "colour must be a string.")]
    [InlineData("""{"reviews":[],"inputs":{"n":[]}}""", "inputs.n must be an object.")]
    [InlineData("""{"reviews":[],"inputs":{"n":{},"n":{}}}""", "inputs.n is given twice.")]
    [InlineData("""{"reviews":[],"reviews":[]}""", "reviews is given twice.")]
    [InlineData("""{"reviews":[],"\u0072eviews":[]}""", "reviews is given twice.")]
    [InlineData("""{"reviews":[{"node_exec_id":"\ud800","approved":true}]}""", "reviews[0].node_exec_id contains a lone surrogate.")]
    [InlineData("""{"\ud800":1}""", "The body has a key with a lone surrogate.")]
    [InlineData("""{"reviews":[],"\ud800":1}""", "The body has a key with a lone surrogate.")]
    [InlineData("""{"reviews":[{"\ud800":1}]}""", "reviews[0] has a key with a lone surrogate.")]
    [InlineData("""{"\ud800 is longer than any field":1}""", "The body has a key with a lone surrogate.")]
    [InlineData("""[]""", "The body must be an object.")]
    [InlineData("""null""", "The body must be an object.")]
    public void A_body_of_the_wrong_form_is_refused_with_the_field_it_is_about(string body, string detail)
    {
        var refused = Refused(body);

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.StartsWith(detail, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("HitlReview", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"reviews\":[],}")]
    [InlineData("{\"reviews\":[]} x")]
    [InlineData("{'reviews':[]}")]
    [InlineData("{\"reviews\":[NaN]}")]
    [InlineData("// hello\n{}")]
    public void What_is_not_json_is_told_so(string body)
    {
        var refused = Refused(body);
        Assert.Equal(Refusal.BadRequest, refused.Refusal);
        Assert.StartsWith("The body is not JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_fault_is_named_by_its_line()
    {
        Assert.Contains("line 2, column 12", Refused("{\"reviews\":[],\n\"count\": 1 2}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        var refused = Assert.Throws<RefusedException>(() => JsonBody.Parse<Request>(new byte[] { (byte)'"', 0xff, (byte)'"' }));
        Assert.Equal((Refusal.BadRequest, "The body is not valid UTF-8."), (refused.Refusal, refused.Message));
    }

    [Fact]
    public void A_byte_order_mark_is_no_fault() => Assert.Empty(Parse("\uFEFF{\"reviews\":[]}").Reviews);

    [Theory]
    [InlineData(10_000)]
    [InlineData(WireJson.MaxDepth)]
    public void What_is_nested_too_deep_is_refused(int depth)
    {
        var refused = Refused($$"""{"reviews":[],"payload":{{new string('[', depth)}}{{new string(']', depth)}}}""");
        Assert.Equal((Refusal.Invalid, $"The body is nested deeper than {WireJson.MaxDepth}."), (refused.Refusal, refused.Message));
    }

    [Fact]
    public void A_payload_of_the_deepest_allowed_nesting_fits_into_a_request() =>
        Parse($$"""{"reviews":[{"node_exec_id":"n","approved":true,"reviewed_data":{{new string('[', 64)}}{{new string(']', 64)}}}]}""");

    static Request Parse(string body) => JsonBody.Parse<Request>(Encoding.UTF8.GetBytes(body));

    static RefusedException Refused(string body) => Assert.Throws<RefusedException>(() => Parse(body));
}
