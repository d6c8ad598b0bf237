using HitlReview.Core;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Payloads;

/// <summary>Where a text stops being JSON, as an editor counts.</summary>
public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("{", "line 1, column 2")]
    [InlineData("{\"a\": 1,\n \"b\" 2}", "line 2, column 6")]
    [InlineData("{\"ä\": x}", "line 1, column 7")]
    [InlineData("{\"\U0001F600é\":\n\n  \"日本\", ,}", "line 3, column 9")]
    [InlineData("", "line 1, column 1")]
    public void The_place_is_told_by_line_and_column(string text, string where)
    {
        var refused = Assert.Throws<RefusedException>(() => JsonText.Parse(text, "payload"));

        Assert.Equal($"payload is not JSON: fault at {where}.", refused.Message);
    }
}
