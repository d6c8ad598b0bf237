using System.Globalization;
using System.Text.RegularExpressions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Layout;

/// <summary>How the pages look in one browser.</summary>
public sealed class AppearanceInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task How_rows_stand_and_in_which_zone_times_are_told_is_chosen_in_the_preferences()
    {
        await AskAsync("a");
        await AskAsync("b");
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("a"), true)], Ct);
        await using var seat = await OpenAsync("/", new() { TimezoneId = "America/New_York" });
        await ReadyAsync(seat, "b");
        var roomy = (await Row(seat, "b").BoundingBoxAsync())!.Height;

        await seat.Page.GotoAsync("/preferences");
        await seat["density"].GetByText("Compact").ClickAsync();
        await seat["zone"].Locator("select").SelectOptionAsync("Asia/Tokyo");
        await seat.Page.GotoAsync("/");

        await ReadyAsync(seat, "b");
        var compact = (await Row(seat, "b").BoundingBoxAsync())!.Height;
        Assert.Equal(0.68, compact / roomy, 0.03);
        Assert.True(await Row(seat, "b").EvaluateAsync<bool>("row => row.scrollHeight <= row.clientHeight + 1"));
        await seat.Page.GotoAsync($"/review/{Id("a")}");
        var decided = (await ReadAsync("a")).ReviewedAt!.Value.ToOffset(TimeSpan.FromHours(9));
        var time = seat.Page.Locator($".course time-ago[datetime='{decided.ToUniversalTime():yyyy-MM-ddTHH:mm:ss.fffZ}'] time").First;
        await Expect(time).ToHaveTextAsync(new Regex(
            decided.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + "$"));
    }
}
