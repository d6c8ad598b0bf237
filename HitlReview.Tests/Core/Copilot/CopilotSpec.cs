using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Copilot;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Copilot;

/// <summary>Rosa has a chat, and two blocks: one that only says something, and one that shouts it out into the world.</summary>
public abstract class CopilotSpec(TestStore store) : StoreSpec(store)
{
    private protected ProbeBlock Say { get; } = new("00000000-0000-4000-8000-000000000001", "Say", sensitive: false);

    private protected ProbeBlock Shout { get; } = new("00000000-0000-4000-8000-000000000002", "Shout", sensitive: true);

    private protected ProbeBlock Read { get; } =
        new("00000000-0000-4000-8000-000000000003", "Read", sensitive: false, readsForeignText: true);

    private protected CopilotSession Chat { get; private set; } = null!;

    private protected CopilotTools Tools => Store.Get<CopilotTools>();

    private protected static Person Rosa => Cast.Rosa;

    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton<Block>(Say);
        services.AddSingleton<Block>(Shout);
        services.AddSingleton<Block>(Read);
        services.AddSingleton<Block, HumanInTheLoopBlock>();
        services.AddSingleton<BlockRegistry>();
        services.AddSingleton<IExecutionWaker, Nobody>();
        services.AddHitlReviews().AddHitlActions().AddHitlExecutions().AddHitlCopilot();
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Chat = await OpenAsync(Rosa);
    }

    private protected Task<CopilotSession> OpenAsync(Person person) => Store.Get<CopilotSessions>().OpenAsync(person.Caller(), Ct);

    private protected Task<ToolAnswer> RunAsync(Block block, string input, CopilotSession? chat = null) =>
        Tools.RunBlockAsync(Rosa.Caller(), (chat ?? Chat).Id, block.Id.ToString(), JsonText.Parse(input, "input_data"), Ct);

    private protected async Task<Review> AskAsync(string input) => Assert.IsType<ReviewRequired>(await RunAsync(Shout, input)).Review;

    private protected Task<ToolAnswer> ContinueAsync(string reviewId, CopilotSession? chat = null) =>
        Tools.ContinueRunBlockAsync(Rosa.Caller(), (chat ?? Chat).Id, reviewId, Ct);

    private protected async Task<string> ContinueInVainAsync(string reviewId, CopilotSession? chat = null) =>
        Assert.IsType<ToolError>(await ContinueAsync(reviewId, chat)).Message;

    private protected Task DecideAsync(string reviewId, bool approved, string? edit = null, string? message = null, bool always = false) =>
        Store.Get<Deciding>().DecideAsync(Rosa.Caller(), [new(reviewId, approved)
        {
            Edit = edit is null ? null : JsonText.Parse(edit, "edit"),
            Message = message,
            AutoApproveFuture = always,
        }], Ct);

    private protected async Task<Review> ApprovedAsync(string input, string? edit = null)
    {
        var review = await AskAsync(input);
        await DecideAsync(review.NodeExecId, approved: true, edit);
        return review;
    }

    sealed class Nobody : IExecutionWaker
    {
        public void Wake(string graphExecId)
        {
        }
    }
}
