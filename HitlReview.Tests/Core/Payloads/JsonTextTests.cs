using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Payloads;

public class JsonTextTests
{
    public static readonly TheoryData<string> Kept = new(
        "12345678901234567890", "1.10", "1e400", "-0", "1E+2", "{}", "[]", "0", "false", "\"\"", "null",
        """{"z":1,"a":{"y":2,"b":3}}""",
        """ { "a" : [ 1 , 2 ] } """,
        """{"nul":"\u0000","bell":"\u0007","slash":"\/","tab":"\t"}""",
        """{"pair":"\ud83d\ude00","raw":"😀"}""",
        "{\"a\":1,\"a\u200b\":2,\"\u200ba\":3}",
        "{\"é\":1,\"e\u0301\":2}");

    [Theory, MemberData(nameof(Kept))]
    public void A_text_stays_as_it_was_written(string text)
    {
        var taken = JsonText.Parse(text, "payload");

        Assert.Equal(text, taken.Text);
        Assert.Equal(text.Trim(), taken.Root.GetRawText());
    }

    [Theory, MemberData(nameof(Kept))]
    public void A_part_of_a_request_body_stays_as_it_was_written(string text)
    {
        using var body = JsonDocument.Parse($$"""{"payload":{{text}}}""");

        Assert.Equal(text.Trim(), JsonText.FromElement(body.RootElement.GetProperty("payload"), "payload").Text);
    }

    [Fact]
    public void A_missing_part_of_a_request_body_is_named() =>
        Refused(Refusal.Invalid, "payload is missing", () => JsonText.FromElement(default, "payload"));

    [Fact]
    public void A_request_body_that_is_not_utf8_is_refused()
    {
        using var body = JsonDocument.Parse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' });

        Refused(Refusal.BadRequest, "payload is not valid UTF-8", () => JsonText.FromElement(body.RootElement, "payload"));
    }

    [Fact]
    public void The_hash_is_that_of_the_text_as_utf8() =>
        // printf '{"a":"é"}' | sha256sum
        Assert.Equal("b3a092a6af48807fa9482b2ee140105575daa26d5b24b3c0e60a7e2dee6683b1", JsonText.Parse("""{"a":"é"}""", "payload").Hash);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{'a':1}")]
    [InlineData("[1,]")]
    [InlineData("1 2")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("// a comment\n1")]
    [InlineData("\uFEFF1")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\x\"")]
    public void What_is_not_JSON_is_a_bad_request(string text) =>
        Refused(Refusal.BadRequest, "reviewed_json is not JSON", () => JsonText.Parse(text, "reviewed_json"));

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "$.a")]
    [InlineData("""{"x":[0,{"b":1,"c":2,"b":1}]}""", "$.x[1].b")]
    [InlineData("""{"a":1,"\u0061":2}""", "$.a")]
    [InlineData("{\"\u200b\":1,\"\\u200b\":2}", "$[\"\\u200B\"]")]
    [InlineData("""[{"":1,"":2}]""", "$[0][\"\"]")]
    public void A_key_twice_in_one_object_is_refused_with_its_place(string text, string place) =>
        Refused(Refusal.Invalid, $"payload has a key twice: {place}.", () => JsonText.Parse(text, "payload"));

    [Theory]
    [InlineData("""{"a":["x","\ud800"]}""", " at $.a[1]")]
    [InlineData("""{"a":"\udc00\ud800"}""", " at $.a")]
    [InlineData("""{"a":{"\ud800":1}}""", " in a key of $.a")]
    public void A_lone_surrogate_is_refused_with_its_place(string text, string place) =>
        Refused(Refusal.Invalid, $"payload contains a lone surrogate{place}.", () => JsonText.Parse(text, "payload"));

    // Attributes can't hold a lone surrogate, so ^ stands for one.
    [Theory]
    [InlineData("""{"a":[0,"^"]}""", " at $.a[1]")]
    [InlineData("""{"^":1}""", " in a key of $")]
    [InlineData("""["^\udc00"]""", "")] // a pair, if half of it were written differently
    [InlineData("""["\\^"]""", " at $[0]")]
    [InlineData("""["\^"]""", "")] // an escaped backslash, if it were written differently
    public void A_raw_lone_surrogate_is_refused_with_its_place(string text, string place) =>
        Refused(
            Refusal.Invalid, $"payload contains a lone surrogate{place}.", () => JsonText.Parse(text.Replace('^', '\ud800'), "payload"));

    [Fact]
    public void A_raw_lone_surrogate_outside_of_a_string_is_not_JSON() =>
        Refused(Refusal.BadRequest, "payload is not JSON", () => JsonText.Parse("[\ud800]", "payload"));

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Sixty_four_levels_pass_and_sixty_five_do_not(char open, char close)
    {
        var before = open == '{' ? "{\"a\":" : "[";
        string Nested(int depth) => string.Concat(Enumerable.Repeat(before, depth - 1)) + open + close + new string(close, depth - 1);

        Assert.Equal(Nested(64), JsonText.Parse(Nested(64), "payload").Text);
        Assert.Equal(Nested(64), JsonText.Parse(Nested(64), "payload").Root.GetRawText());
        Refused(Refusal.Invalid, "payload is nested deeper than 64", () => JsonText.Parse(Nested(65), "payload"));
    }

    [Fact]
    public void Ten_thousand_levels_are_refused_like_sixty_five() =>
        Refused(Refusal.Invalid, "payload is nested deeper than 64", () =>
            JsonText.Parse(new string('[', 10_000) + new string(']', 10_000), "payload"));

    [Fact]
    public void A_million_bytes_pass_and_one_more_does_not()
    {
        var full = $"\"{new string('é', 499_999)}\"";

        Assert.Equal(full, JsonText.Parse(full, "payload").Text);
        Refused(Refusal.Invalid, "payload is larger than 1,000,000 bytes", () => JsonText.Parse(full + " ", "payload"));
    }

    [Fact]
    public void A_string_becomes_JSON_and_back_unchanged()
    {
        const string text = "a\"b\\c\u0000\u200b\u202e😀<&>\r\n";

        Assert.Equal(text, JsonText.Of(text, "content").Root.GetString());
        Refused(Refusal.Invalid, "content contains a lone surrogate", () => JsonText.Of("\ud800", "content"));
    }

    internal static void Refused(Refusal refusal, string message, Action act)
    {
        var exception = Assert.Throws<RefusedException>(act);
        Assert.Equal(refusal, exception.Refusal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
