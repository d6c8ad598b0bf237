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
            .AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build())
            .AddHitlBlocks()
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
    public void All_blocks_are_there_with_the_ids_that_stored_graphs_carry()
    {
        using var services = Services();

        Assert.Equal(
            [
                "HTTP request 6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21 sensitive",
                "Human In The Loop 8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d graph only",
                "Pick from JSON b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307",
                "Read workspace file 9a3e5b77-0c64-4d28-b1f9-52c7e8d0a413",
                "Send e-mail 4a9d2f68-81b7-4e35-bc10-7e5f3d9c6a82 sensitive",
                "Store value 5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08 stays",
                "Template text e0f4a7d3-6b18-49c2-8d75-a39c1e5b2f60",
                "Wait 2e8c6d41-5b3a-4f7e-a0c9-1d7f4b2e9a65",
                "Write workspace file d47b1c92-3e5f-48a6-9c0d-8f2a6b7e1d54 sensitive",
            ],
            services.GetRequiredService<BlockRegistry>().All.Select(b => $"{b.Name} {b.Id}{Traits(b)}"));

        static string Traits(Block b) =>
            (b.IsSensitiveAction ? " sensitive" : "") + (b.IsGraphOnly ? " graph only" : "") + (b.OutputsStay ? " stays" : "");
    }

    [Theory]
    [InlineData("Blocks:Http:Timeout", "soon")]
    [InlineData("Blocks:Http:AllowPrivateNetworks", "perhaps")]
    [InlineData("Blocks:Smtp:Security", "Ssl")]
    [InlineData("Blocks:Workspace:MaxFileBytes", "10 MB")]
    public void A_setting_of_a_wrong_form_stops_the_start_by_its_name(string key, string value)
    {
        using var services = Services((key, value));

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains($"'{key}'", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_reach_their_blocks()
    {
        using var services = Services(
            ("Blocks:Http:AllowPrivateNetworks", "true"), ("Blocks:Smtp:Host", "mail.example.com"),
            ("Blocks:Smtp:From", "gate@example.com"), ("Blocks:Workspace:MaxFileBytes", "3"));
        var blocks = services.GetRequiredService<BlockRegistry>();
        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal("", blocks.Find("6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21")!.Faults("""{"url":"http://localhost/"}"""));
        Assert.Equal(
            "", blocks.Find("4a9d2f68-81b7-4e35-bc10-7e5f3d9c6a82")!.Faults("""{"to":["ann@example.com"],"subject":"s","body":"b"}"""));
        Assert.Equal(
            "$.content must not have more than 3 bytes",
            blocks.Find("d47b1c92-3e5f-48a6-9c0d-8f2a6b7e1d54")!.Faults("""{"path":"a","content":"abcd"}"""));
    }

    [Fact]
    public void Settings_that_are_wrong_stop_the_start_each_by_its_name()
    {
        using var services = Services(("Blocks:Http:Timeout", "00:00:00"), ("Blocks:Http:MaxRedirects", "99"));

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "Blocks:Http:Timeout must be between 1 s and 10 min; it is 0 s.",
                "Blocks:Http:MaxRedirects must be between 0 and 20; it is 99."],
            refused.Failures);
    }
}
