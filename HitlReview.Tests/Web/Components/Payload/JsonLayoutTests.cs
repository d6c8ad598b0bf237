using CsCheck;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Tests.Web.Components.Payload;

public sealed class JsonLayoutTests
{
    [Fact]
    public void Members_and_items_get_a_line_each_and_nothing_but_white_space_changes() => Assert.Equal(
        """
        {
          "b": 12345678901234567890,
          "a": [
            1.10,
            1e400,
            "x, y: {\"\\"
          ],
          "e": {},
          "f": []
        }
        """,
        JsonLayout.Indent("""{"b" :12345678901234567890,"a":[1.10, 1e400,"x, y: {\"\\"],"e":{ },"f":[ ]}"""));

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData(" 0 ")]
    [InlineData("{}")]
    public void A_value_alone_stays_on_its_line(string json) => Assert.Equal(json.Trim(), JsonLayout.Indent(json));

    [Fact]
    public void Laid_out_any_json_has_the_same_tokens_and_laid_out_again_it_stays()
    {
        var text = Gen.String[Gen.Char["ab\"\\ {}[],:\n\u200B"], 0, 6].Select(s => JsonText.Of(s, "text").Text);
        var leaf = Gen.OneOf(text, Gen.Int[0, 4].Select(i => ((string[])["0", "-1.50", "1E+9", "true", "null"])[i]));
        Gen<string> Deeper(Gen<string> inner) => Gen.OneOf(
            leaf,
            inner.Array[0, 3].Select(items => $"[ {string.Join(" ,", items)}]"),
            inner.Array[0, 3].Select(values => $"{{{string.Join(", ", values.Select((value, i) => $"\"k{i}\" : {value}"))} }}"));

        Deeper(Deeper(Deeper(leaf))).Sample(json =>
        {
            var laid = JsonLayout.Indent(json);
            return JsonText.SameValue(JsonText.Parse(json, "before"), JsonText.Parse(laid, "after")) && JsonLayout.Indent(laid) == laid;
        });
    }
}
