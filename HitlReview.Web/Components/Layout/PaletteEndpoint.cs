using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using HitlReview.Web.Components.Copilot;
using HitlReview.Web.Components.Executions;
using HitlReview.Web.Components.Inbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HitlReview.Web.Components.Layout;

/// <summary>What the palette finds of a person's own beside what can be done; js/palette.js asks.</summary>
static class PaletteEndpoint
{
    /// <summary>The address; <c>q</c> is what is searched for.</summary>
    public const string Address = "/palette";

    const int MostOfEach = 5, MaxWords = 120;

    public static void MapPalette(this WebApplication app) => app.MapGet(Address, FindAsync).ExcludeFromDescription();

    static async Task<Results<Ok<IReadOnlyList<PaletteEntry>>, BadRequest>> FindAsync(
        string q, ClaimsPrincipal user, ReviewList reviews, ExecutionService executions, Graphs graphs, CopilotSessions chats,
        BlockRegistry blocks, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(q) || q.Length > ReviewFilter.MaxText
            || q.Contains('\0', StringComparison.Ordinal) || !JsonText.IsWellFormed(q))
            return TypedResults.BadRequest();
        var caller = Callers.CallerOf(user, Surface.Ui);
        var found = new List<PaletteEntry>();
        foreach (var tab in Enum.GetValues<ReviewTab>())
        {
            var view = new InboxView(ReviewFilter.None with { Tab = tab, Text = q });
            var rows = (await reviews.ReadAsync(caller, view.Filter, oldestFirst: false, new(MostOfEach), ct))
                .Select(review => InboxRow.Of(review, blocks)).ToList();
            var alike = new PayloadPreview([.. rows.Select(row => row.Values)]);
            found.AddRange(from row in rows.Select(row => row.Beside(alike))
                           select new PaletteEntry(
                               tab == ReviewTab.Waiting ? Texts.PaletteWaiting : Texts.PaletteDecided,
                               $"{Sentence.Plain(row.Action, MaxWords)} · {Visible.Plain(row.Preview, MaxWords)}",
                               InboxAddress.Of(new(ReviewFilter.None with { Tab = tab }), row.Id)));
        }
        var few = new PageRequest(1, MostOfEach);
        found.AddRange(from graph in (await graphs.ListAsync(caller, few, ct, q)).Items
                       select new PaletteEntry(Texts.PaletteGraph, Visible.Plain(graph.Name, MaxWords), GraphAddress.Of(graph.Id)));
        var runs = (await executions.ListAsync(caller, new() { Text = q }, few, ct)).Items;
        var names = await graphs.NamesAsync(caller, [.. runs.Select(run => run.GraphId)], ct);
        found.AddRange(from run in runs
                       select new PaletteEntry(
                           Texts.PaletteExecution, Visible.Plain(names.GetValueOrDefault(run.GraphId, run.GraphId), MaxWords),
                           ExecutionAddress.Of(run.Id)));
        found.AddRange(from chat in (await chats.ListAsync(caller, q, few, ct)).Items
                       select new PaletteEntry(
                           Texts.PaletteChat, Visible.Plain(chat.Title ?? Texts.ChatUntitled, MaxWords), CopilotAddress.Of(chat.Id)));
        return TypedResults.Ok<IReadOnlyList<PaletteEntry>>(found);
    }
}

/// <summary>Something that the palette found.</summary>
/// <param name="Kind">What it is, in a word.</param>
/// <param name="Words">What it says; hostile text, with no character in it that isn't seen.</param>
/// <param name="Href">Where it is.</param>
sealed record PaletteEntry(string Kind, string Words, string Href);
