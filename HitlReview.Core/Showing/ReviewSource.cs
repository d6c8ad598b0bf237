using HitlReview.Core.Reviews;

namespace HitlReview.Core.Showing;

/// <summary>Says on whose behalf a review asks, and from where.</summary>
public static class ReviewSource
{
    /// <summary>The sentence.</summary>
    /// <param name="origin">Who runs the action.</param>
    /// <param name="askedBy">The name of the API key that asked or started it; null where a person did.</param>
    /// <param name="graphName">The name of its graph; null where it has none.</param>
    public static IReadOnlyList<SentencePart> Of(ReviewOrigin origin, string? askedBy, string? graphName) =>
        (origin, askedBy, graphName) switch
        {
            (ReviewOrigin.Agent, null, _) => Sentence.With(Words.BySomebody),
            (ReviewOrigin.Agent, { } agent, _) => Sentence.With(Words.ByAgent, agent),
            (ReviewOrigin.Copilot, null, _) => Sentence.With(Words.ByChat),
            (ReviewOrigin.Copilot, { } agent, _) => Sentence.With(Words.ByChatOfAgent, agent),
            (_, null, null) => Sentence.With(Words.ByUnnamedGraph),
            (_, null, { } graph) => Sentence.With(Words.ByGraph, graph),
            (_, { } agent, null) => Sentence.With(Words.ByUnnamedGraphOfAgent, agent),
            (_, { } agent, { } graph) => Sentence.With(Words.ByGraphOfAgent, graph, agent),
        };

    /// <summary>Who asks, where a line says so by itself.</summary>
    /// <param name="origin">Who runs the action.</param>
    /// <param name="askedBy">The name of the API key that asked or started it; null where a person did.</param>
    public static IReadOnlyList<SentencePart> AskedBy(ReviewOrigin origin, string? askedBy) => (origin, askedBy) switch
    {
        (ReviewOrigin.Agent, null) => Sentence.With(Words.AskedBySomebody),
        (ReviewOrigin.Agent, { } agent) => Sentence.With(Words.AskedByAgent, agent),
        (ReviewOrigin.Copilot, null) => Sentence.With(Words.AskedByChat),
        (ReviewOrigin.Copilot, { } agent) => Sentence.With(Words.AskedByChatOfAgent, agent),
        (_, null) => Sentence.With(Words.AskedByGraph),
        (_, { } agent) => Sentence.With(Words.AskedByGraphOfAgent, agent),
    };
}
