using HitlReview.Core;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Payloads;

public class JsonPartsTests
{
    [Fact]
    public void Members_taken_apart_and_put_together_again_keep_their_text()
    {
        var whole = JsonText.Parse("""{"n":1.10,"big":12345678901234567890,"o":{ "z":1, "a":"\u0000" },"a\u200bb":[ ]}""", "input");

        var members = JsonParts.Members(whole, "input");

        Assert.Equal(["n", "big", "o", "a\u200bb"], members.Select(m => m.Key));
        Assert.Equal(["1.10", "12345678901234567890", """{ "z":1, "a":"\u0000" }""", "[ ]"], members.Select(m => m.Value.Text));
        Assert.Equal(
            "{\"n\":1.10,\"big\":12345678901234567890,\"o\":{ \"z\":1, \"a\":\"\\u0000\" },\"a\u200bb\":[ ]}",
            JsonParts.Compose(members, "input").Text);
        Assert.Equal("12345678901234567890", JsonParts.Member(whole, "big")!.Text);
        Assert.Null(JsonParts.Member(whole, "none"));
        Assert.Null(JsonParts.Member(JsonText.Null, "n"));
    }

    [Fact]
    public void An_array_keeps_the_text_of_its_items()
    {
        var array = JsonParts.Array([JsonText.Parse("1.0", "a"), JsonText.Parse("{ }", "b")], "values");

        Assert.Equal("[1.0,{ }]", array.Text);
        Assert.Equal(["1.0", "{ }"], JsonParts.Items(array, "values").Select(item => item.Text));
    }

    [Fact]
    public void A_name_twice_is_refused() =>
        JsonTextTests.Refused(Refusal.Invalid, "input has a key twice: $.a", () =>
            JsonParts.Compose([new("a", JsonText.Null), new("a", JsonText.Null)], "input"));

    [Fact]
    public void What_is_no_object_has_no_members() =>
        JsonTextTests.Refused(Refusal.Invalid, "input must be an object", () => JsonParts.Members(JsonText.Parse("[]", "input"), "input"));

    [Fact]
    public void A_payload_of_the_full_depth_fits_into_a_pin_but_not_into_a_payload()
    {
        var deepest = JsonText.Parse(new string('[', 64) + new string(']', 64), "data");

        Assert.Equal($$"""{"data":{{deepest.Text}}}""", JsonParts.Compose([new("data", deepest)], "input").Text);
        JsonTextTests.Refused(
            Refusal.Invalid, "deeper than 64", () => JsonParts.Compose([new("data", deepest)], "input", JsonLimits.Payload));
    }
}
