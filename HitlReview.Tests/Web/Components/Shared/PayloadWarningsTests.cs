using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Tests.Web.Components.Shared;

public sealed class PayloadWarningsTests
{
    [Fact]
    public void A_plain_payload_has_none() => Assert.Empty(For("""{"to":"ann@example.org","text":"Grüße\nfrom here","n":1}""", "Please send this."));

    [Fact]
    public void A_hidden_character_in_a_value_is_told_with_its_place() =>
        Assert.Equal(["The value of $.files[0] contains hidden characters: U+202E right-to-left override."], For("""{"files":["invoice\u202Egpj.exe"]}"""));

    [Fact]
    public void A_hidden_character_in_a_key_is_told_and_so_is_its_double()
    {
        var warnings = For("""{"na\u200Bme":1,"name":2}""");

        Assert.Equal(["""The key $["na\u200Bme"] contains hidden characters: U+200B zero-width space.""", """These keys look alike but are different: $["na\u200Bme"], $.name."""], warnings);
    }

    [Fact]
    public void Keys_that_differ_by_case_alone_are_told() => Assert.Equal(["These keys look alike but are different: $.Amount, $.amount."], For("""{"Amount":1,"amount":2}"""));

    [Fact]
    public void A_hidden_character_in_the_agents_words_is_told() =>
        Assert.Equal(["The agent's words contain hidden characters: U+E0041 tag character."], For("{}", "harmless\U000E0041"));

    [Fact]
    public void A_character_hidden_as_a_lone_payload_is_told() => Assert.Single(For("\"\u2066\""));

    [Fact]
    public void Many_places_are_counted_and_not_listed_without_end()
    {
        var warnings = For($"[{string.Join(',', Enumerable.Repeat("\"\u200B\"", 500))}]");

        Assert.Equal(21, warnings.Count);
        Assert.Equal("And 480 more places like these.", warnings[^1]);
    }

    static IReadOnlyList<string> For(string payload, string? instructions = null) => PayloadWarnings.For(PayloadNode.Of(JsonText.Parse(payload, "payload"), null), instructions);
}
