using HitlReview.Core.Blocks.StoreValue;

namespace HitlReview.Tests.Core.Blocks;

public class StoreValueBlockTests
{
    [Theory]
    [InlineData("""{ "b":1.0,"a":12345678901234567890 }""")]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task A_value_is_passed_on_to_the_byte_and_stays(string value)
    {
        var block = new StoreValueBlock();

        Assert.Equal(value, (await block.RunAsync($$"""{"input":{{value}}}""")).On("output"));
        Assert.True(block.OutputsStay);
    }
}
