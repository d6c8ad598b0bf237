using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>What became of reviews like one.</summary>
public sealed class HistoryInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task What_differs_from_the_last_like_it_is_shown_when_it_is_asked_for()
    {
        await AskAsync("a", """{"to":"ann","amount":10}""");
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("a"), true)], Ct);
        await AskAsync("b", """{"to":"ann","amount":1000}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await Expect(seat["history"]).ToContainTextAsync("1 approved");

        await seat["history-differs"].ClickAsync();

        await Expect(seat["history"].Locator(".diff-removed")).ToContainTextAsync("\"amount\": 10");
        await Expect(seat["history"].Locator(".diff-added")).ToContainTextAsync("1000");
        await seat.CheckAccessibilityAsync();
    }
}
