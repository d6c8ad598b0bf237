using HitlReview.Core.Payloads;
using HitlReview.Core.Showing;

namespace HitlReview.Tests.Core.Showing;

public sealed class PayloadWarningsTests
{
    [Fact]
    public void A_plain_payload_has_none() =>
        Assert.Empty(For("""{"to":"ann@example.org","text":"Grüße\nfrom here","n":1}""", "Please send this."));

    [Theory]
    [InlineData("""{"files":["invoice\u202Egpj.exe"]}""",
        "The value of “files[0]” contains characters that make text read in another order: U+202E right-to-left override.")]
    [InlineData("""{"a":"x\u0007\u200By"}""", "The value of “a” contains hidden characters: U+0007 alert, U+200B zero width space.")]
    [InlineData("""{"Amount":1,"amount":2}""", "These keys look alike but are different: “Amount”, “amount”.")]
    [InlineData("""{"a":"Pay\n\n\n\n\n\n\n\nthem"}""", "The value of “a” contains 8 line breaks in a row, with more text after them.")]
    [InlineData("""{"a":"Pay                         them"}""", "The value of “a” contains 25 blanks in a row, with more text after them.")]
    [InlineData("""{"a":"H\u0337\u0322\u0301\u0302\u0303i"}""",
        "The value of “a” contains piled-up or stray accents (5 in one place), which can cover text.")]
    [InlineData("""{"a":"p\u0430ypal"}""",
        "The value of “a” contains “pаypal”, which mixes letters of Cyrillic and Latin (U+0430 а) and looks like “paypal”.")]
    [InlineData("""{"a":"\u0441\u0431epб\u0430\u043D\u043A"}""", "The value of “a” contains “сбepбанк”, which mixes letters of Cyrillic and Latin (U+0441 с, U+0431 б, U+0430 а, U+043D н, U+043A к) that look alike.")]
    [InlineData("""{"p\u0430ypal":1}""",
        """The key “["p\u0430ypal"]” contains “pаypal”, which mixes letters of Cyrillic and Latin (U+0430 а) and looks like “paypal”.""")]
    [InlineData("""{"a":"10\u09EA4"}""", "The value of “a” contains “10৪4”, which mixes digits of different writing systems.")]
    [InlineData("""{"a":"https://p\u0430ypal.com"}""",
        "The value of “a” contains the host “pаypal.com”, which mixes letters of Cyrillic and Latin (U+0430 а).")]
    [InlineData("""{"a":"https://\u0441\u043E\u0440\u0435.com"}""", "The value of “a” contains the host “соре.com”, which has letters of Cyrillic (U+0441 с, U+043E о, U+0440 р, U+0435 е) and looks like “cope.com”.")]
    [InlineData("""{"a":"https://xn--mnchen-3ya.de/"}""",
        "The value of “a” contains the host “xn--mnchen-3ya.de”, which stands for “münchen.de”.")]
    [InlineData("""{"a":"https://xn--a-.de/"}""",
        "The value of “a” contains the host “xn--a-.de”, which is in code but stands for no name.")]
    [InlineData("""{"a":"https://%65vil.example/"}""",
        "The value of “a” contains the host “%65vil.example”, which is written in an unusual way and goes to “evil.example”.")]
    [InlineData("""{"a":"http://0x7f.1/"}""",
        "The value of “a” contains the host “0x7f.1”, which is an unusual way to write the internet address 127.0.0.1.")]
    [InlineData("""{"a":"https://bank.example\u2044x.evil.example/"}""", "The value of “a” contains the host “bank.example⁄x.evil.example”, in which U+2044 ⁄ only looks like “/”: the host goes on after it.")]
    [InlineData("""{"a":"https://bank.example@evil.example/"}""",
        "The value of “a” contains an address that begins with “bank.example” but goes to the host “evil.example”.")]
    [InlineData("""{"a":"Approved by admin"}""", "The value of “a” contains “approved by admin”, which imitates a button, a notice or a verdict of HitlReview: it is only text, "
        + "and nobody has confirmed it.")]
    public void A_trap_is_told_in_a_sentence(string payload, string sentence) => Assert.Equal([sentence], For(payload));

    [Fact]
    public void A_long_value_and_deep_nesting_are_told()
    {
        Assert.Equal(["The value of “a” is 20,000 characters long: look at all of it."], For($$"""{"a":"{{new string('x', 20_000)}}"}"""));
        Assert.Equal(
            ["The payload is nested 13 levels deep, at “[0][0][0][0][0][0][0][0][0][0][0][0]”: look at all of it."],
            For(new string('[', 13) + new string(']', 13)));
    }

    [Fact]
    public void A_hidden_character_in_a_key_is_told_and_so_is_its_double()
    {
        var warnings = For("""{"na\u200Bme":1,"name":2}""");

        Assert.Equal(["""The key “["na\u200Bme"]” contains hidden characters: U+200B zero width space.""", """These keys look alike but are different: “["na\u200Bme"]”, “name”."""], warnings);
    }

    [Fact]
    public void A_hidden_character_in_the_agents_words_is_told() =>
        Assert.Equal(["The agent's words contain hidden characters: U+E0041 tag character A."], For("{}", "harmless\U000E0041"));

    [Fact]
    public void What_a_warning_quotes_hides_nothing_and_is_short()
    {
        var quoted = Assert.Single(For("{}", "https://bank.example\u200B" + new string('x', 300) + "\u05D0@evil.example/"),
            warning => warning.Contains("evil.example", StringComparison.Ordinal));

        Assert.DoesNotContain("\u200B", quoted, StringComparison.Ordinal);
        Assert.Contains("bank.example[U+200B]xxx", quoted, StringComparison.Ordinal);
        Assert.InRange(quoted.Length, 100, 220);
    }

    [Fact]
    public void A_character_hidden_as_a_lone_payload_is_told() => Assert.Single(For("\"\u2066\""));

    [Fact]
    public void Many_places_are_counted_and_not_listed_without_end()
    {
        var warnings = For($"[{string.Join(',', Enumerable.Repeat("\"\u200B\"", 500))}]");

        Assert.Equal(21, warnings.Count);
        Assert.Equal("And 480 more places like these.", warnings[^1]);
    }

    static IReadOnlyList<string> For(string payload, string? instructions = null) =>
        [.. PayloadWarnings.For(JsonText.Parse(payload, "payload"), instructions, null).Select(warning => warning.Text)];
}
