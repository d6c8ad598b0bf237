using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>What is said about a review wherever it is shown.</summary>
static class ReviewWords
{
    /// <summary>On whose behalf, and from where.</summary>
    /// <param name="origin">Who runs the action.</param>
    /// <param name="askedBy">The name of the API key that asked or started it; null where a person did.</param>
    /// <param name="graphName">The name of its graph; null where it has none.</param>
    /// <param name="maxName">Where a name is cut, in UTF-16 code units.</param>
    public static RenderFragment Source(ReviewOrigin origin, string? askedBy, string? graphName, int maxName)
    {
        var agent = askedBy is null ? null : Visible.Text(askedBy, maxName);
        var graph = graphName is null ? null : Visible.Text(graphName, maxName);
        return (origin, agent, graph) switch
        {
            (ReviewOrigin.Agent, null, _) => Say.Plain(Texts.ForYouSomebody),
            (ReviewOrigin.Agent, _, _) => Say.Markup(Texts.ForYouAgent, agent),
            (ReviewOrigin.Copilot, null, _) => Say.Plain(Texts.ForYouChat),
            (ReviewOrigin.Copilot, _, _) => Say.Markup(Texts.ForYouChatOfAgent, agent),
            (_, null, null) => Say.Plain(Texts.ForYouUnnamedGraph),
            (_, null, _) => Say.Markup(Texts.ForYouGraph, graph),
            (_, _, null) => Say.Markup(Texts.ForYouUnnamedGraphOfAgent, agent),
            _ => Say.Markup(Texts.ForYouGraphOfAgent, graph, agent),
        };
    }
}
