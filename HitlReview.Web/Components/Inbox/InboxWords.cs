using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox says about its rows, groups and filters.</summary>
static class InboxWords
{
    /// <summary>The heading of a group.</summary>
    /// <param name="by">What the list is grouped by.</param>
    /// <param name="group">The group.</param>
    /// <param name="graphName">The name of the graph of its reviews; null if there is none.</param>
    /// <param name="blocks">The blocks.</param>
    public static IReadOnlyList<SentencePart> Heading(Grouping by, InboxGroup group, string? graphName, BlockRegistry blocks)
    {
        var filter = group.Filter;
        return by switch
        {
            Grouping.block => [new(filter.BlockId == ReviewFilter.AgentBlock
                ? Texts.OutsideAgents
                : blocks.Find(filter.BlockId)?.Name ?? filter.BlockId ?? "", false)],
            Grouping.node => graphName is null
                ? Sentence.With(Texts.GroupOfAgentNode, filter.NodeId!)
                : Sentence.With(Texts.GroupOfNode, graphName, filter.NodeId!),
            _ => RunId.SessionOf(filter.GraphExecId!) is { } session ? Sentence.With(Texts.GroupOfChat, session)
                : graphName is null ? Sentence.With(Texts.GroupOfAgent, filter.GraphExecId!)
                : Sentence.With(Texts.GroupOfGraph, graphName, filter.GraphExecId!),
        };
    }

    /// <summary>A choice of age.</summary>
    public static string Of(AgeChoice age) => age.Name switch
    {
        "under-1h" => Texts.Age_under_1h,
        "under-1d" => Texts.Age_under_1d,
        "over-1h" => Texts.Age_over_1h,
        "over-1d" => Texts.Age_over_1d,
        _ => Texts.Age_over_7d,
    };

    /// <summary>A number that is told roughly from 20 on, "300+", so that one more doesn't change every row.</summary>
    public static string About(int number)
    {
        var round = 1;
        while (number / round >= 10)
            round *= 10;
        return number < 20 ? Say.Number(number) : Say.With(Texts.OrMore, Say.Number(number / round * round));
    }
}
