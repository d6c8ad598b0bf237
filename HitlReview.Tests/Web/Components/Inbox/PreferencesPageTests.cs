using AngleSharp.Dom;
using Bunit;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>How a person's pages behave, without a browser.</summary>
public sealed class PreferencesPageTests() : UiSpec(new SqliteStore())
{
    Preferences Preferences => Store.Get<Preferences>();

    [Fact]
    public async Task Who_has_changed_nothing_sees_what_holds_for_everyone()
    {
        var page = await OpenAsync();

        Assert.Equal("5", page.Find("[data-testid=undo-seconds]").GetAttribute("value"));
        Assert.Equal([true, false, false], Switches.Select(name => IsOn(page, name)));
    }

    [Theory]
    [InlineData("0", 0), InlineData("120", 120)]
    public async Task The_time_to_undo_is_changed_at_once_and_it_says_so(string typed, int seconds)
    {
        var page = await OpenAsync();

        await SetAsync(page, "undo-seconds", typed);

        Assert.Equal(seconds, (await Preferences.GetAsync(Rosa, Ct)).UndoSeconds);
        Assert.NotEmpty(page.Find("[data-testid=said]").TextContent);
        Assert.Empty(page.FindAll("[data-testid=refusal]"));
    }

    [Theory, Invariant(10)]
    [InlineData("121"), InlineData("-1"), InlineData(""), InlineData("five"), InlineData("99999999999"), InlineData("1.5")]
    public async Task A_time_out_of_range_is_refused_in_words_and_changes_nothing(string typed)
    {
        var page = await OpenAsync();

        await SetAsync(page, "undo-seconds", typed);

        Assert.Contains("between 0 and 120", page.Find("[data-testid=refusal]").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, (await Preferences.GetAsync(Rosa, Ct)).UndoSeconds);
    }

    [Theory]
    [InlineData("single-keys"), InlineData("notifies"), InlineData("sounds")]
    public async Task Each_switch_changes_its_own_and_nothing_else(string name)
    {
        var page = await OpenAsync();
        var wanted = !IsOn(page, name);

        await SetAsync(page, name, wanted);

        var now = await Preferences.GetAsync(Rosa, Ct);
        Assert.Equal(Switches.Select(other => other == name ? wanted : other == "single-keys"), [now.SingleKeys, now.Notifies, now.Sounds]);
        Assert.Equal(5, now.UndoSeconds);
    }

    [Fact]
    public async Task A_change_in_another_window_shows_and_is_not_undone_by_the_next_one_here()
    {
        var page = await OpenAsync();

        await Preferences.SetAsync(Rosa, new() { UserId = Rosa.UserId, UndoSeconds = 30 }, Ct);
        await page.WaitForAssertionAsync(
            () => Assert.Equal("30", page.Find("[data-testid=undo-seconds]").GetAttribute("value")), Recorded<int>.Patience);
        await SetAsync(page, "sounds", true);

        var now = await Preferences.GetAsync(Rosa, Ct);
        Assert.Equal((30, true), (now.UndoSeconds, now.Sounds));
    }

    [Fact, Invariant(1)]
    public async Task Everybody_has_their_own()
    {
        await Preferences.SetAsync(Cast.Ben.Caller(), new() { UserId = "ben", UndoSeconds = 77 }, Ct);
        var page = await OpenAsync();
        Assert.Equal("5", page.Find("[data-testid=undo-seconds]").GetAttribute("value"));

        await SetAsync(page, "undo-seconds", "9");

        Assert.Equal(77, (await Preferences.GetAsync(Cast.Ben.Caller(), Ct)).UndoSeconds);
    }

    static string[] Switches { get; } = ["single-keys", "notifies", "sounds"];

    async Task<IRenderedComponent<PreferencesPage>> OpenAsync()
    {
        var page = Window().Render<PreferencesPage>();
        await page.WaitForAssertionAsync(() => page.Find("[data-testid=undo-seconds]"), Recorded<int>.Patience);
        return page;
    }

    static Task SetAsync(IRenderedComponent<PreferencesPage> page, string testId, object value) =>
        page.InvokeAsync(() => Input(page, testId).ChangeAsync(new() { Value = value }));

    static bool IsOn(IRenderedComponent<PreferencesPage> page, string testId) => Input(page, testId).HasAttribute("checked");

    static IElement Input(IRenderedComponent<PreferencesPage> page, string testId) =>
        page.Find($"input[data-testid={testId}], [data-testid={testId}] input");
}
