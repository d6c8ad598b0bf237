using CsCheck;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Copilot;

public sealed class ChatInterleavingOnSqlite() : ChatInterleavingSpec(new SqliteStore());

/// <summary>
/// Whatever people do in a chat, in whatever order and with whatever crashes in between: each call that the model was told of has one
/// answer, each held call runs once or never, what was decided is told once, and in the end nothing is left to be done.
/// </summary>
public abstract class ChatInterleavingSpec(TestStore store) : ChatSpec(store)
{
    enum Act
    {
        Say,
        SayWhatHolds,
        StopTurn,
        Approve,
        Reject,
        Work,
        Restart,
        Sweep,
        Retry,
    }

    [Fact]
    public async Task Any_order_of_what_happens_leaves_each_call_with_one_answer_and_one_outcome()
    {
        await Gen.Int[0, Enum.GetValues<Act>().Length - 1].Array[3, 12].SampleAsync(
            async acts => await PlayAsync([.. acts.Select(act => (Act)act)]), iter: 25, threads: 1);
    }

    async Task PlayAsync(IReadOnlyList<Act> acts)
    {
        var chat = await OpenAsync(Rosa);
        var (ran, target) = (Shout.Ran.Count, 0);
        var approved = new HashSet<string>();
        foreach (var act in acts)
            switch (act)
            {
                case Act.Say:
                    Model.ThenSays("Yes.");
                    await SendAsync(chat, "Hello");
                    break;
                case Act.SayWhatHolds:
                    Model.Then(ShoutAt($"{chat.Id}-{target++}")).ThenSays("It waits.");
                    await SendAsync(chat, "Shout");
                    break;
                case Act.StopTurn:
                    await Chats.StopTurnAsync(Rosa.Caller(), chat.Id, Ct);
                    break;
                case Act.Approve or Act.Reject:
                    if ((await HeldAsync(chat)).FirstOrDefault(id => !approved.Contains(id)) is { } review)
                    {
                        await DecideAsync(review, act == Act.Approve);
                        if (act == Act.Approve)
                            approved.Add(review);
                    }
                    break;
                case Act.Work:
                    await WorkAsync();
                    break;
                case Act.Restart:
                    await RestartAsync();
                    break;
                case Act.Sweep:
                    await Work.SweepAsync(Ct);
                    break;
                case Act.Retry:
                    await Chats.RetryAsync(Rosa.Caller(), chat.Id, Ct);
                    break;
            }
        await WorkAsync();
        await Work.SweepAsync(Ct);
        await WorkAsync();

        EveryCallHasOneAnswer();
        var page = await Chats.ReadAsync(Rosa.Caller(), chat.Id, null, Chats.MaxPage, Ct);
        Assert.NotEqual(TurnState.running, page.Session.TurnState);
        Assert.Equal(approved.Count, Shout.Ran.Count - ran);
        Assert.Equal(Shout.Ran.Count, Shout.Ran.Distinct().Count());
        var outcomes = page.Messages.Where(m => m.Kind == MessageKind.outcome).ToList();
        Assert.Equal(outcomes.Count, outcomes.DistinctBy(m => m.ReviewId).Count());
        Assert.Equal(approved.Order(), outcomes.Where(m => m.Outcome == CallEnd.ran).Select(m => m.ReviewId!).Order());
        Assert.Equal(Enumerable.Range(1, page.Messages.Count), page.Messages.Select(m => m.Seq));
        Assert.DoesNotContain(page.Messages, m => m.EndedAt is null);
    }

    async Task<IReadOnlyList<string>> HeldAsync(CopilotSession chat) =>
        [.. (await Chats.ReadAsync(Rosa.Caller(), chat.Id, null, Chats.MaxPage, Ct)).Messages
            .Where(m => m.IsHeld).Select(m => m.ReviewId!)];

    Task<SentMessage> SendAsync(CopilotSession chat, string text) =>
        Chats.SendAsync(Rosa.Caller(), chat.Id, Guid.NewGuid().ToString(), text, Ct);
}
