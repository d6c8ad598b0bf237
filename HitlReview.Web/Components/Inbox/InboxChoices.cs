using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox can be narrowed to: what its reviews are about.</summary>
/// <param name="Blocks">Block ids and names.</param>
/// <param name="Graphs">Graph ids and names.</param>
/// <param name="Agents">The ids of the API keys that asked, and their names made visible; none where no key did.</param>
public sealed record InboxChoices(
    IReadOnlyList<(string Id, string Name)> Blocks, IReadOnlyList<(string Id, string Name)> Graphs, IReadOnlyList<(string Id, string Name)> Agents)
{
    const int MaxName = 60;

    /// <summary>Nothing to choose.</summary>
    public static InboxChoices None { get; } = new([], [], []);

    /// <summary>Reads the choices of one of the lists.</summary>
    public static async Task<InboxChoices> ReadAsync(ReviewList list, InboxStore store, Caller caller, ReviewTab tab, BlockRegistry blocks, CancellationToken ct)
    {
        // SQLite answers on the thread that asks: where it looks at each review, not on that of the page.
        var (blockIds, graphIds, agents) = await Task.Run(() => list.ChoicesAsync(caller, tab, ct), ct);
        await store.NameGraphsAsync(caller, graphIds, ct);
        return new(
            [.. blockIds.Select(id => id is null ? (ReviewFilter.AgentBlock, Texts.OutsideAgents) : (id, blocks.Find(id)?.Name ?? id)).OrderBy(b => b.Item2, StringComparer.CurrentCulture)],
            [.. graphIds.Select(id => (id, store.GraphName(id) ?? id)).OrderBy(g => g.Item2, StringComparer.CurrentCulture)],
            [.. agents.Select(agent => (agent.KeyId, Name: Visible.Plain(agent.Name, MaxName))).OrderBy(a => a.Name, StringComparer.CurrentCulture)]);
    }
}
