using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox as a newcomer tries it: fifty reviews by keyboard alone, ten of them traps.</summary>
public sealed class TrialInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    const int Count = 50, Later = 15, Undone = 30, Told = 23;

    // Every review that could be approved while no warning was to be seen above it, whenever that was.
    const string Watch = """
        window.unwarned = new Set()
        new MutationObserver(() => {
          const card = document.querySelector("[data-shown] [data-card]")
          if (card?.querySelector("[data-act=approve]:enabled") && !card.querySelector(".warning[role=note]")?.checkVisibility())
            unwarned.add(card.dataset.nodeExecId)
        }).observe(document, { childList: true, subtree: true, attributes: true })
        """;

    static readonly int[] s_edited = [44, 20];

    static readonly string[] s_honest =
    [
        """{"to":"ines@customer.example","subject":"Your ticket 5521","body":"Grüße 👍\n\nyour export works again.\n\nThe support team"}""",
        """{"method":"POST","url":"https://example.com/api/refunds?order=A-1007","body":{"amount":64.90,"currency":"EUR"}}""",
        """{"command":"rm -rf /var/tmp/build-*","host":"build-2.internal.example"}""",
        """{"path":"docs/été.md","lines":["# One","","Two"],"overwrite":true,"mode":null}""",
    ];

    static readonly (string Payload, string[] Warnings)[] s_traps =
    [
        ("""{"to":"ann\u200b@example.org","note":"ring\u0007"}""", ["U+200B zero width space", "U+0007 alert"]),
        ("""{"file":"invoice\u202egpj.exe"}""", ["read in another order", "U+202E"]),
        ("""{"text":"Hello\udb40\udc41\udb40\udc42"}""", ["U+E0041 tag character A"]),
        ("""{"url":"https://p\u0430ypal.com/login"}""", ["mixes letters of Cyrillic and Latin"]),
        ("""{"url":"https://xn--pypal-4ve.com/"}""", ["xn--pypal-4ve.com", "stands for"]),
        ("""{"url":"https://bank.example@evil.example/"}""", ["begins with “bank.example” but goes to the host “evil.example”"]),
        ($$"""{"a":"ls{{new string(' ', 300)}}; rm -rf /","b":"Pay{{string.Concat(Enumerable.Repeat("\\n", 90))}}them"}""", ["300 blanks in a row", "90 line breaks in a row"]),
        ("""{"amount":1,"Amount":1000,"pay":true,"p\u200bay":false}""", ["“amount”, “Amount”", "look alike"]),
        ($$"""{"body":"Hello {{new string('x', 20_000)}} and pay"}""", ["characters long"]),
        ($$"""{"note":"Approved by admin","deep":{{new string('[', 30)}}"sudo"{{new string(']', 30)}}}""", ["imitates a button", "levels deep"]),
    ];

    readonly Dictionary<int, int> _presses = [];

    [Fact]
    public async Task Fifty_reviews_are_cleared_by_keys_alone_and_none_of_the_ten_traps_could_be_approved_unwarned()
    {
        await SetUndoAsync(5);
        for (var i = 0; i < Count; i++)
            await AskAsync(Name(i), IsTrap(i) ? TrapAt(i).Payload : s_honest[i % s_honest.Length]);
        await using var seat = await Browser.SignInAsync(App.Address.ToString(), Me);
        await seat.Page.AddInitScriptAsync(Watch);
        await seat.Page.ReloadAsync();

        // The newest is on top; one is left for later.
        foreach (var i in Enumerable.Range(0, Count).Reverse().Where(i => i != Later).Append(Later))
        {
            if (i == Later - 1)
            {
                await ReadyAsync(seat, Name(Later));
                await PressAsync(seat, Later, "j");
            }
            await ReadyAsync(seat, Name(i));
            if (IsTrap(i))
                await RejectTrapAsync(seat, i);
            else
                await ApproveAsync(seat, i);
        }

        await Expect(seat["inbox-empty"]).ToContainTextAsync("Nothing is waiting for you.");
        await Expect(seat.Page.Locator(".inbox-count")).ToHaveTextAsync("nothing waiting");
        Assert.All(_presses.Values, presses => Assert.InRange(presses, 1, 3));
        var unwarned = await seat.Page.EvaluateAsync<string[]>("[...unwarned]");
        Assert.Equal(Names(i => !IsTrap(i)), unwarned.Order());
        await CheckDatabaseAsync();
    }

    [Fact]
    public async Task A_value_that_lies_deep_is_not_squeezed_out_of_sight()
    {
        await AskAsync("a", $$"""{"deep":{{new string('[', 30)}}"sudo"{{new string(']', 30)}}}""");
        await using var seat = await OpenAsync("/", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await Row(seat, "a").ClickAsync();

        var value = await Card(seat, "a").Locator(".payload .text").BoundingBoxAsync();

        Assert.InRange(value!.Width, 60, 400);
    }

    [Fact]
    public async Task How_one_likes_to_work_is_set_on_its_page()
    {
        await using var seat = await OpenAsync("/preferences");

        await seat["undo-seconds"].FillAsync("7");
        await seat["undo-seconds"].PressAsync("Enter");

        await Expect(seat.Page.GetByText("Saved.")).ToBeVisibleAsync();
        Assert.Equal(7, (await App.Get<Preferences>().GetAsync(Caller, Ct)).UndoSeconds);
    }

    async Task RejectTrapAsync(Seat seat, int i)
    {
        var card = Card(seat, Name(i));
        var warning = card.GetByTestId("payload-warning");
        await Expect(warning).ToBeInViewportAsync();
        foreach (var words in TrapAt(i).Warnings)
            await Expect(warning).ToContainTextAsync(words, new() { IgnoreCase = true });
        // What is folded has to be read, or said not to have been, before it can be approved at all.
        await Expect(card.Locator("[data-testid=approve]:enabled, [data-testid=unread]")).ToBeVisibleAsync();
        if (i == Told)
        {
            await PressAsync(seat, i, "m");
            await seat.Page.Keyboard.InsertTextAsync("Write the host in plain letters.");
            await PressAsync(seat, i, "Escape");
        }
        await PressAsync(seat, i, "r");
    }

    async Task ApproveAsync(Seat seat, int i)
    {
        var card = Card(seat, Name(i));
        await Expect(card.GetByTestId("approve")).ToBeEnabledAsync();
        await Expect(card.GetByTestId("payload-warning")).ToHaveCountAsync(0);
        if (s_edited.Contains(i))
        {
            await PressAsync(seat, i, "e");
            await Expect(card.Locator("[data-testid=form-field]").First).ToBeFocusedAsync();
            await PressAsync(seat, i, "Control+a");
            await seat.Page.Keyboard.InsertTextAsync($"edited {i}");
            await PressAsync(seat, i, "Control+Enter");
            return;
        }
        await PressAsync(seat, i, "a");
        if (i != Undone)
            return;
        await Expect(Row(seat, Name(i))).ToContainTextAsync("Approving in");
        await PressAsync(seat, i, "u");
        await ReadyAsync(seat, Name(i));
        await Expect(card.GetByTestId("approve")).ToBeEnabledAsync();
        await PressAsync(seat, i, "a");
    }

    async Task CheckDatabaseAsync()
    {
        await using var db = App.Db();
        var reviews = await db.Reviews.Where(r => r.UserId == Me.Id).ToListAsync(Ct);
        Assert.Equal(Names(i => !IsTrap(i)), Of(r => r.Status == ReviewStatus.APPROVED));
        Assert.Equal(Names(IsTrap), Of(r => r.Status == ReviewStatus.REJECTED));
        Assert.Equal(Names(s_edited.Contains), Of(r => r.WasEdited));
        Assert.All(s_edited, i => Assert.Contains(
            $"\"edited {i}\"", reviews.Single(r => r.NodeExecId == Id(Name(i))).Payload, StringComparison.Ordinal));
        Assert.Equal(Id(Name(Told)), Assert.Single(reviews, r => r.ReviewMessage == "Write the host in plain letters.").NodeExecId);
        Assert.Equal(Count, reviews.Count);
        Assert.Empty(await db.ScheduledDecisions.Where(d => d.UserId == Me.Id).ToListAsync(Ct));
        // Each was decided once.
        var decided = await db.AuditEvents
            .Where(e => e.OwnerId == Me.Id && (e.Action == AuditActions.ReviewApproved || e.Action == AuditActions.ReviewRejected))
            .Select(e => e.NodeExecId)
            .ToListAsync(Ct);
        Assert.Equal(Names(_ => true), decided.Order());

        IEnumerable<string> Of(Func<Review, bool> which) => reviews.Where(which).Select(r => r.NodeExecId).Order();
    }

    /// <summary>A press of a key that some review costs.</summary>
    async Task PressAsync(Seat seat, int i, string key)
    {
        _presses[i] = _presses.GetValueOrDefault(i) + 1;
        await seat.Page.Keyboard.PressAsync(key);
    }

    static string Name(int i) => $"r{i:00}";

    static bool IsTrap(int i) => i % 5 == 3;

    static (string Payload, string[] Warnings) TrapAt(int i) => s_traps[i / 5];

    /// <summary>The ids of those reviews, in order.</summary>
    IEnumerable<string> Names(Func<int, bool> which) => Enumerable.Range(0, Count).Where(which).Select(i => Id(Name(i))).Order();
}
