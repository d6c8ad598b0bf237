using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox can be narrowed to: what its reviews are about.</summary>
/// <param name="Blocks">Block ids and names.</param>
/// <param name="Graphs">Graph ids and names.</param>
/// <param name="Agents">The ids of the API keys that asked, and their names made visible; none where no key did.</param>
public sealed record InboxChoices(
    IReadOnlyList<(string Id, string Name)> Blocks,
    IReadOnlyList<(string Id, string Name)> Graphs,
    IReadOnlyList<(string Id, string Name)> Agents)
{
    const int MaxName = 60;

    /// <summary>Nothing to choose.</summary>
    public static InboxChoices None { get; } = new([], [], []);

    /// <summary>The choices by their names.</summary>
    /// <param name="ids">What the reviews are about.</param>
    /// <param name="graphName">What a graph is called; null where that isn't known.</param>
    /// <param name="blocks">The blocks.</param>
    public static InboxChoices Of(ReviewChoices ids, Func<string?, string?> graphName, BlockRegistry blocks) => new(
        InOrder(ids.BlockIds.Select(id => id is null ? (ReviewFilter.AgentBlock, Texts.OutsideAgents) : (id, blocks.Find(id)?.Name ?? id))),
        InOrder(ids.GraphIds.Select(id => (id, graphName(id) ?? id))),
        InOrder(ids.Agents.Select(agent => (agent.KeyId, Visible.Plain(agent.Name, MaxName)))));

    static IReadOnlyList<(string Id, string Name)> InOrder(IEnumerable<(string Id, string Name)> choices) =>
        [.. choices.OrderBy(choice => choice.Name, StringComparer.CurrentCulture)];
}
