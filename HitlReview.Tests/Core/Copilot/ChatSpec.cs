using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Copilot;

/// <summary>
/// Rosa's chat, in which a model answers whose words the test has written. Nothing runs by itself: <see cref="WorkAsync"/> does what is to
/// be done.
/// </summary>
public abstract class ChatSpec(TestStore store) : CopilotSpec(store)
{
    private protected FakeModel Model { get; } = new();

    private protected Chats Chats => Store.Get<Chats>();

    private protected ChatWork Work => Store.Get<ChatWork>();

    /// <summary>True for the chat without a model.</summary>
    private protected virtual bool TakesCommands => false;

    protected override void Configure(IServiceCollection services)
    {
        if (!TakesCommands)
            services.AddSingleton(new Assistant(Model, "fake"));
        base.Configure(services);
    }

    private protected Task<SentMessage> SayAsync(string text, string? id = null) =>
        Chats.SendAsync(Rosa.Caller(), Chat.Id, id ?? Guid.NewGuid().ToString(), text, Ct);

    /// <summary>Does all there is to be done, and what follows from it.</summary>
    private protected async Task WorkAsync()
    {
        while (Store.Get<ChatSignals>().Reader.TryRead(out var signal))
            await Work.DoAsync(signal, Ct);
    }

    /// <summary>As after a crash: what was signalled is forgotten, and what is found is done.</summary>
    private protected async Task RestartAsync()
    {
        await Store.RestartAsync();
        await Store.Get<InFlight>().SettleLostAsync(null, Ct);
        await Work.SweepAsync(Ct);
    }

    private protected async Task<ChatPage> ReadAsync() => await Chats.ReadAsync(Rosa.Caller(), Chat.Id, null, Chats.MaxPage, Ct);

    /// <summary>What stands in the chat: "kind: text" each.</summary>
    private protected async Task<IReadOnlyList<string>> SaidAsync() =>
        [.. (await ReadAsync()).Messages.Select(
            m => $"{m.Kind}: {(m.Kind == MessageKind.tool_call ? m.Tool : m.Outcome?.ToString() ?? m.Text)}")];

    private protected async Task<CopilotMessage> LastAsync(MessageKind kind) => (await ReadAsync()).Messages.Last(m => m.Kind == kind);

    private protected FunctionCallContent ShoutAt(string to) =>
        FakeModel.Call("run_block", $$$"""{"block_id":"{{{Shout.Id}}}","input_data":{"to":"{{{to}}}"}}""");

    /// <summary>A chat in which a call is held.</summary>
    private protected async Task<string> HoldAsync(string to = "all")
    {
        Model.Then(ShoutAt(to)).ThenSays("It waits for you.");
        await SayAsync($"Shout at {to}");
        await WorkAsync();
        return (await LastAsync(MessageKind.tool_call)).ReviewId!;
    }

    /// <summary>Whatever happened, each call that the model was told of has one answer, right behind it.</summary>
    private protected void EveryCallHasOneAnswer()
    {
        foreach (var asked in Model.Asked.All)
            foreach (var (i, message) in asked.Index())
            {
                var calls = message.Contents.OfType<FunctionCallContent>().Select(c => c.CallId).ToList();
                if (calls.Count > 0)
                    Assert.Equal(calls, asked[i + 1].Contents.Cast<FunctionResultContent>().Select(r => r.CallId));
                else
                    Assert.False(message.Role == ChatRole.Tool
                        && asked[i - 1].Contents.OfType<FunctionCallContent>().Count() != message.Contents.Count);
            }
    }

    private protected async Task<int> TurnsAsync()
    {
        await using var db = Store.Db();
        return await db.CopilotTurns.CountAsync(Ct);
    }

    private protected async Task<ReviewStatus?> StatusAsync(string reviewId)
    {
        await using var db = Store.Db();
        return (await db.Reviews.AsNoTracking().FirstOrDefaultAsync(r => r.NodeExecId == reviewId, Ct))?.Status;
    }
}
