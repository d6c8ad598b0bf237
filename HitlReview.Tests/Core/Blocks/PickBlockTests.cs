using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.Pick;

namespace HitlReview.Tests.Core.Blocks;

public class PickBlockTests
{
    const string Data = "{ \"a\":{\"b\":[1.10,{ \"c\":12345678901234567890 "
        + "}]},\"x/y~z\":1,\"\":2,\"0\":3,\"a\u200b\":4,\"n\":null,\"list\":[[],\"\",false,{ }] }";

    readonly PickBlock _block = new();

    [Theory]
    [InlineData("", Data)]
    [InlineData("/a/b/0", "1.10")]
    [InlineData("/a/b/1", "{ \"c\":12345678901234567890 }")]
    [InlineData("/a/b/1/c", "12345678901234567890")]
    [InlineData("/x~1y~0z", "1")]
    [InlineData("/", "2")]
    [InlineData("/0", "3")]
    [InlineData("/a\u200b", "4")]
    [InlineData("/n", "null")]
    public async Task The_value_at_the_path_is_emitted_to_the_byte(string path, string value) =>
        Assert.Equal(value, (await _block.RunAsync($$"""{"data":{{Data}},"path":"{{path}}"}""")).On("value"));

    [Theory]
    [InlineData("/A")]
    [InlineData("/a/b/2")]
    [InlineData("/a/b/00")]
    [InlineData("/a/b/-")]
    [InlineData("/a/b/-1")]
    [InlineData("/a/b/+0")]
    [InlineData("/a/b/99999999999999999999")]
    [InlineData("/a/b/0/c")]
    [InlineData("/x/y~0z")]
    [InlineData("/n/x")]
    public async Task Where_nothing_is_the_path_is_emitted_as_missing(string path)
    {
        var outputs = await _block.RunAsync($$"""{"data":{{Data}},"path":"{{path}}","each":true}""");

        Assert.Equal($"\"{path}\"", outputs.On("missing"));
        Assert.Single(outputs);
    }

    [Fact]
    public async Task Each_emits_the_items_one_by_one_in_their_order()
    {
        var outputs = await _block.RunAsync($$"""{"data":{{Data}},"path":"/list","each":true}""");

        Assert.Equal(["[]", "\"\"", "false", "{ }"], outputs.Select(o => o.Value.Text));
        Assert.All(outputs, o => Assert.Equal("value", o.Pin));
        Assert.Empty(await _block.RunAsync("""{"data":[],"path":"","each":true}"""));
    }

    [Fact]
    public async Task Each_of_what_is_no_list_fails()
    {
        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            _block.RunAsync($$"""{"data":{{Data}},"path":"/a","each":true}"""));

        Assert.Equal("What is at /a is not a list, so it has no items.", failed.Message);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("$.a")]
    [InlineData("/a~")]
    [InlineData("/a~2")]
    public void A_path_of_another_form_is_refused(string path)
    {
        Assert.StartsWith("$.path must be a JSON Pointer", _block.Faults($$"""{"data":1,"path":"{{path}}"}"""), StringComparison.Ordinal);
        Assert.StartsWith("$.path must be a JSON Pointer", _block.DefaultFaults($$"""{"path":"{{path}}"}"""), StringComparison.Ordinal);
    }
}
