using System.Text;
using Bunit;
using HitlReview.Core.Blocks;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Showing;
using HitlReview.Tests.Core.HostileText;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Components.Payload;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Components.Payload;

/// <summary>
/// What deceives is told, and shown as what it is, where a person meets it: row, card, difference, the tab's title and the desktop's
/// notification. The comparison has the card's warnings; what the editor does is tried in HitlReview.Web/editor/tests.
/// </summary>
public sealed class HitlBenchSurfacesTests : IDisposable
{
    readonly BunitContext _page = new();

    [Fact, Invariant(4)]
    public void Nothing_that_deceives_gets_past_any_of_them()
    {
        _page.JSInterop.Mode = JSRuntimeMode.Loose;
        var empty = JsonText.Parse("{}", "payload");
        var missed = new List<string>();
        foreach (var (_, text) in HitlBench.Deceiving())
        {
            var payload = JsonText.Parse(text, "payload");
            var review = new ReviewRequest("a", "run", "tool", payload).ToReview("rosa", ReviewOrigin.Agent, default);
            var row = InboxRow.Of(ReviewSummary.Of(review), Blocks);
            row = row.Beside(new([row.Values]));
            if (!row.HasWarnings || review.Warnings is not > 0)
                missed.Add($"row: {text}");
            var shown = ShownReview.Of(review, payload, null, null);
            if (shown.Warnings.Count == 0)
                missed.Add($"card: {text}");
            Look("preview", string.Concat(_page.Render(Visible.Text(row.Preview)).Nodes.Select(node => node.TextContent)), text);
            Look("title", Sentence.Plain(row.Action, 60), text);
            Look("notification", Sentence.Plain(ActionSentence.Of(ReviewSummary.Of(review), null), 100), text);
            Look("card", Drawn<PayloadView>(view => view.Add(v => v.Payload, payload).Add(v => v.Label, "payload")), text);
            Look("difference", Drawn<DiffView>(view => view.Add(v => v.Before, empty).Add(v => v.After, payload)), text);
        }
        Assert.True(missed.Count == 0, string.Join('\n', missed.Take(30)));

        void Look(string where, string seen, string payload)
        {
            if (seen.EnumerateRunes().Any(rune =>
                Unseen.Is(rune.Value) && rune.Value is not (0x2068 or 0x2069) && !Rune.IsWhiteSpace(rune)))
                missed.Add($"{where}: {payload}");
        }
    }

    string Drawn<T>(Action<ComponentParameterCollectionBuilder<T>> with) where T : Microsoft.AspNetCore.Components.IComponent =>
        string.Concat(_page.Render(with).Nodes.Select(node => node.TextContent));

    static BlockRegistry Blocks { get; } =
        new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddHitlBlocks()
            .BuildServiceProvider()
            .GetRequiredService<BlockRegistry>();

    /// <inheritdoc/>
    public void Dispose() => _page.Dispose();
}
