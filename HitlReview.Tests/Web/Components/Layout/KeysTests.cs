using AngleSharp.Dom;
using Bunit;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Layout;

namespace HitlReview.Tests.Web.Components.Layout;

/// <summary>The help sheet of the keys, the palette, and the switch for single keys, without a browser.</summary>
public sealed class KeysTests() : UiSpec(new SqliteStore())
{
    [Theory]
    [InlineData("j"), InlineData("k"), InlineData("↓"), InlineData("↑"), InlineData("Enter"), InlineData("a"), InlineData("r")]
    [InlineData("e"), InlineData("m"), InlineData("x"), InlineData("Shift x")]
    [InlineData("u"), InlineData("/"), InlineData("g i"), InlineData("g d"), InlineData("g a"), InlineData("Ctrl k")]
    [InlineData("?"), InlineData("Esc"), InlineData("Ctrl Enter"), InlineData("Ctrl Shift Enter"), InlineData("Shift r"), InlineData("*")]
    [InlineData("g c"), InlineData("g e"), InlineData("g g"), InlineData("g p")]
    public void Every_key_is_in_the_help_sheet_once_and_says_what_it_does(string key)
    {
        var page = Window().Render<KeySheets>();

        var entry = Assert.Single(page.FindAll("[data-keys=help] kbd"), kbd => KeyOf(kbd) == key).Closest("div")!;

        Assert.NotEmpty(entry.QuerySelector("dd")!.TextContent.Trim());
    }

    /// <summary>The key that everybody begins with; the browser writes the reader's own.</summary>
    static string KeyOf(IElement kbd) => kbd.TextContent + kbd.QuerySelector("own-key")?.GetAttribute("data-of");

    [Fact]
    public void No_two_keys_of_the_help_sheet_say_the_same()
    {
        var words = Window().Render<KeySheets>().FindAll("[data-keys=help] dd").Select(dd => dd.TextContent).ToList();

        Assert.Equal(words.Distinct(), words);
    }

    [Fact]
    public void What_the_palette_does_by_a_key_is_in_the_help_sheet_in_the_same_words()
    {
        var page = Window().Render<KeySheets>();
        var help = page.FindAll("[data-keys=help] dl > div")
            .SelectMany(entry => entry.QuerySelectorAll("kbd")
                .Select(kbd => (KeyOf(kbd), entry.QuerySelector("dd")!.TextContent)))
            .ToHashSet();

        var acts = page.FindAll("[data-keys=palette] [data-command]:not([data-href]):not([data-presses])");

        Assert.NotEmpty(acts);
        Assert.All(acts, act => Assert.Contains((act.GetAttribute("data-command")!, act.QuerySelector("span")!.TextContent), help));
    }

    [Theory]
    [InlineData("/"), InlineData("/decided"), InlineData("/auto-approvals")]
    [InlineData("/executions"), InlineData("/graphs"), InlineData("/preferences")]
    public void Every_page_is_in_the_palette_once(string address) =>
        Assert.Single(
            Window().Render<KeySheets>().FindAll("[data-keys=palette] [data-href]"),
            place => place.GetAttribute("data-href") == address);

    [Fact]
    public async Task Single_keys_that_are_switched_off_are_off_at_once()
    {
        var page = Window().Render<SingleKeys>();
        await SaysAsync(page, "on");

        await Store.Get<Preferences>().SetAsync(Rosa, new() { UserId = Rosa.UserId, SingleKeys = false }, Ct);

        await SaysAsync(page, "off");
    }

    [Fact]
    public async Task Single_keys_that_were_switched_off_before_are_off_from_the_start()
    {
        await Store.Get<Preferences>().SetAsync(Rosa, new() { UserId = Rosa.UserId, SingleKeys = false }, Ct);

        await SaysAsync(Window().Render<SingleKeys>(), "off");
    }

    static Task SaysAsync(IRenderedComponent<SingleKeys> page, string state) =>
        page.WaitForAssertionAsync(
            () => Assert.Equal(state, page.Find("[data-single-keys]").GetAttribute("data-single-keys")), Recorded<int>.Patience);
}
