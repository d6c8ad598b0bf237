using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Showing;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Showing;

public sealed class ShownReviewTests
{
    static readonly Block s_letter = new LetterBlock();

    [Fact]
    public void An_action_is_said_in_our_words_with_the_payloads_values()
    {
        var shown = Show("""{"to":["ann@example.org","bo@example.org"],"copies":2}""");

        Assert.Equal("Send 2 letters to ann@example.org, bo@example.org in a white cover, about (none)", Sentence.Plain(shown.Action, 100));
        Assert.Equal(
            ["2", "ann@example.org, bo@example.org", "white"], shown.Action.Where(part => part.IsInput).Select(part => part.Text));
    }

    [Fact, Invariant(4)]
    public void A_value_behind_a_long_one_is_named_and_never_taken_for_its_default()
    {
        var review = Review($$"""{"text":"{{new string('x', 100_000)}}","cover":"black","copies":500,"to":["eve@example.org"]}""");

        Assert.Equal(
            "Send 500 letters to eve@example.org in a black cover, about (none)", Sentence.Plain(ActionSentence.Of(review, s_letter), 100));
        Assert.Equal(
            "Send (further down) letters to (further down) in a (further down) cover, about (further down)",
            Sentence.Plain(ActionSentence.Of(ReviewSummary.Of(review), s_letter), 100));
    }

    [Fact, Invariant(4)]
    public void What_lies_within_a_value_is_never_taken_for_a_value_beside_it()
    {
        var inner = $$"""{"copies":1,"to":["ann@example.org"],"pad":"{{new string('x', 100_000)}}"}""";

        Assert.Equal(
            "Send 500 letters to (further down) in a (further down) cover, about " + inner[..99] + "…",
            Sentence.Plain(Listed("""{"copies":500,"about":""" + inner + ""","to":["eve@example.org"]}"""), 99));
        Assert.Equal(
            "Send (further down) letters to (further down) in a (further down) cover, about " + inner[..99] + "…",
            Sentence.Plain(Listed("""{"about":""" + inner + ""","copies":500,"to":["eve@example.org"]}"""), 99));

        static IReadOnlyList<SentencePart> Listed(string payload) => ActionSentence.Of(ReviewSummary.Of(Review(payload)), s_letter);
    }

    [Theory]
    [InlineData(ReviewOrigin.Graph, null, null, "By a graph", "")]
    [InlineData(ReviewOrigin.Graph, null, "Refunds", "By the graph “Refunds”", "Refunds")]
    [InlineData(ReviewOrigin.Graph, "Bot", "Refunds", "By the graph “Refunds”, started by the agent “Bot”", "Refunds|Bot")]
    [InlineData(ReviewOrigin.Graph, "Bot", null, "By a graph, started by the agent “Bot”", "Bot")]
    [InlineData(ReviewOrigin.Copilot, null, null, "By a chat", "")]
    [InlineData(ReviewOrigin.Copilot, "Bot", null, "By a chat of the agent “Bot”", "Bot")]
    [InlineData(ReviewOrigin.Agent, null, null, "By somebody over the API", "")]
    [InlineData(ReviewOrigin.Agent, "Bot", null, "By the agent “Bot”", "Bot")]
    public void A_source_is_said_with_the_names_set_apart(ReviewOrigin origin, string? agent, string? graph, string said, string names)
    {
        var source = ReviewSource.Of(origin, agent, graph);

        Assert.Equal(said, Sentence.Plain(source, 100));
        Assert.Equal(names, string.Join('|', source.Where(part => part.IsInput).Select(part => part.Text)));
    }

    [Fact, Invariant(4)]
    public void What_is_shown_otherwise_has_another_digest()
    {
        var review = Review("""{"to":["ann@example.org"]}""");
        var digest = Show(review).Digest;

        Assert.Equal(digest, Show(Review("""{"to":["ann@example.org"]}""")).Digest);
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.Distinct([
            digest, Show("""{"to":["ann@example.com"]}""").Digest, Show(review, "Another graph").Digest,
            Show(Review(review.Payload, "Please send this.")).Digest,
            ShownReview.Of(review, JsonText.Trusted(review.Payload), null, null).Digest,
            ShownReview.Of(review, JsonText.Trusted(review.Payload), new LetterBlock("Who gets it"), null).Digest,
        ]);
    }

    static ShownReview Show(string payload) => Show(Review(payload));

    static ShownReview Show(Review review, string? graphName = null) =>
        ShownReview.Of(review, JsonText.Trusted(review.Payload), s_letter, graphName);

    static Review Review(string payload, string? instructions = null) => new()
    {
        NodeExecId = "n1",
        UserId = "rosa",
        GraphExecId = "e1",
        NodeId = "node",
        BlockId = s_letter.Id.ToString(),
        Origin = ReviewOrigin.Graph,
        Payload = payload,
        PayloadHash = JsonText.Trusted(payload).Hash,
        Instructions = instructions,
        Editable = true,
        Status = ReviewStatus.WAITING,
        CreatedAt = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
    };

    sealed class LetterBlock(string titleOfTo = "To") : Block("0d9a2f4e-1b7c-4c58-9a36-5e2d8f7b6c41", "Letter", "Sends letters.",
        """
        {"type":"object","properties":{"to":{"type":"array","title":"TITLE"},"copies":{"type":"integer","default":1},
        "cover":{"type":"string","default":"white"},"text":{"type":"string"},"about":{"type":"string"}}}
        """.Replace("TITLE", titleOfTo, StringComparison.Ordinal),
        """{"type":"object","properties":{}}""")
    {
        public override string ActionInWords => "Send {copies} letters to {to} in a {cover} cover, about {about}";

        public override Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
