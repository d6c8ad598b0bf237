using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Blocks;

public class HumanInTheLoopBlockTests
{
    readonly HumanInTheLoopBlock _block = new();

    [Theory]
    [InlineData("{ \"b\":1.0, \"a\":12345678901234567890 }")]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    public void The_payload_is_the_data_alone_to_the_byte(string data) =>
        Assert.Equal(data, Question($$"""{"name":"Check","data":{{data}}}""").Payload.Text);

    BlockQuestion Question(string input) => _block.Question(JsonText.Parse(input, "input"));

    [Fact]
    public void The_data_is_editable_unless_the_input_says_otherwise()
    {
        Assert.True(Question("""{"data":1}""").IsEditable);
        Assert.False(Question("""{"data":1,"editable":false}""").IsEditable);
    }

    [Fact]
    public void The_name_tells_the_person_what_it_is()
    {
        Assert.Equal("Check", Question("""{"data":1,"name":"Check"}""").Instructions);
        Assert.Null(Question("""{"data":1}""").Instructions);
    }

    [Theory]
    [InlineData(true, "fine", "approved_data", "\"fine\"")]
    [InlineData(false, "no \u202e", "rejected_data", "\"no \\u202E\"")]
    [InlineData(true, null, "approved_data", "\"Approved by the reviewer\"")]
    [InlineData(false, " ", "rejected_data", "\"Rejected by the reviewer\"")]
    public void A_decision_emits_the_data_and_a_message_that_is_never_empty(bool approved, string? message, string pin, string emitted)
    {
        var outputs = _block.Answered(new(approved, JsonText.Parse("1.10", "data"), message));

        Assert.Equal([pin, "review_message"], outputs.Select(o => o.Pin));
        Assert.Equal("1.10", outputs.On(pin));
        Assert.True(JsonText.SameValue(JsonText.Trusted(emitted), outputs.Single(o => o.Pin == "review_message").Value));
    }

    [Fact]
    public async Task With_its_safe_mode_off_the_data_passes()
    {
        var outputs = await _block.RunAsync("""{"data":{ "a":1.0 },"name":"Check"}""");

        Assert.Equal("""{ "a":1.0 }""", outputs.On("approved_data"));
        Assert.Equal("\"Auto-approved (safe mode disabled)\"", outputs.On("review_message"));
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "$.data is missing")]
    [InlineData("""{"data":1,"editable":"yes"}""", "$.editable must be true or false")]
    public void An_input_that_breaks_the_schema_is_refused(string input, string fault) => Assert.Equal(fault, _block.Faults(input));
}
