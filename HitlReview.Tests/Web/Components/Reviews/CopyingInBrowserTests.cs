using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>What can be taken along from a review.</summary>
public sealed class CopyingInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task A_payload_the_link_and_a_command_are_copied()
    {
        await AskAsync("a", """{"to":"ann",  "n":1e2}""");
        await using var seat = await OpenAsync($"/review/{Id("a")}", new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await ReadyAsync(seat, "a");

        Assert.Equal("""{"to":"ann",  "n":1e2}""", await CopiedAsync("copy-payload"));
        Assert.Equal($"{App.Address}review/{Id("a")}", await CopiedAsync("copy-link"));
        Assert.Equal(
            $"curl -H \"Authorization: Bearer $KEY\" '{App.Address}api/review/{Id("a")}'", await CopiedAsync("copy-curl"));

        async Task<string> CopiedAsync(string button)
        {
            await seat[button].ClickAsync();
            await Expect(seat.Page.Locator($"[data-testid={button}] + [role=status]")).ToContainTextAsync("Copied");
            return await seat.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        }
    }
}
