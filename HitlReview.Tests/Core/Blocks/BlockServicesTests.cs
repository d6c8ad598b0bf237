using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Core.Blocks;

public sealed class BlockServicesTests
{
    static ServiceProvider Services(params (string Key, string Value)[] settings) =>
        new ServiceCollection()
            .AddLogging()
            .AddHitlBlocks(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build())
            .BuildServiceProvider(validateScopes: true);

    [Fact]
    public void Every_pin_has_a_title_and_a_description_and_nothing_else_is_let_in()
    {
        using var services = Services();

        foreach (var block in services.GetRequiredService<BlockRegistry>().All)
        {
            Assert.NotEmpty(block.Name);
            Assert.NotEmpty(block.Description);
            Assert.NotEmpty(block.InputPins);
            Assert.NotEmpty(block.OutputPins);
            foreach (var schema in (PayloadSchema[])[block.InputSchema, block.OutputSchema])
            {
                Assert.False(schema.Text.Root.GetProperty("additionalProperties").GetBoolean());
                foreach (var pin in schema.Text.Root.GetProperty("properties").EnumerateObject())
                {
                    Assert.NotEqual("", pin.Value.GetProperty("title").GetString());
                    Assert.NotEqual("", pin.Value.GetProperty("description").GetString());
                }
            }
        }
    }

    [Fact]
    public void A_block_is_found_by_its_id_and_an_unknown_one_is_not()
    {
        using var services = Services();
        var blocks = services.GetRequiredService<BlockRegistry>();

        Assert.IsType<HumanInTheLoopBlock>(blocks.Find("8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d"));
        Assert.IsType<HumanInTheLoopBlock>(blocks.Find("8B2A7B3C-6E9D-4A5F-8C1B-2E3F4A5B6C7D"));
        Assert.Null(blocks.Find(Guid.Empty));
        Assert.Null(blocks.Find("HTTP request"));
        Assert.Null(blocks.Find((string?)null));
    }

    [Fact]
    public void Settings_that_are_wrong_stop_the_start_each_by_its_name()
    {
        using var services = Services(("Blocks:Http:Timeout", "00:00:00"), ("Blocks:Http:MaxRedirects", "99"));

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            ["Blocks:Http:Timeout must be between 1 s and 10 min; it is 0 s.", "Blocks:Http:MaxRedirects must be between 0 and 20; it is 99."],
            refused.Failures);
    }
}
