using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>How the reader’s day went.</summary>
public sealed class DaySummaryInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task Over_the_list_of_what_was_decided_stands_how_the_day_went()
    {
        await AskAsync("a");
        await AskAsync("b");
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("a"), true)], Ct);
        await using var seat = await OpenAsync("/decided");

        await Expect(seat["day-summary"]).ToContainTextAsync("In the last 24 hours you approved 1 (0 edited) and rejected 0");
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), false)], Ct);
        await Expect(seat["day-summary"]).ToContainTextAsync("rejected 1");
    }
}
