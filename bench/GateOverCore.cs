using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Bench;

/// <summary>
/// What does the gate cost? Asked, decided and consumed, each durable before it is answered and in the audit trail, against three bare
/// commits one at a time, and, for many callers, against a group commit with a row of trail a step.
/// </summary>
sealed class GateOverCore() : Question("core")
{
    const int RoundCount = 7;
    static readonly Caller Person = new(Trip.UserId, IsAdmin: false, Surface.Rest) { SessionId = Trip.UserId };

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddHitlStorage(new(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "core.db")}"))
            .AddHitlTrail()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddHitlBlocks()
            .AddSingleton<IExecutionWaker, NoEngine>()
            .AddHitlReviews()
            .AddHitlActions()
            .AddHitlExecutions()
            .BuildServiceProvider();
        var store = services.GetRequiredService<Store>();
        await store.OpenForServingAsync(CancellationToken.None);
        await SignInAsync(store);
        var agents = services.GetRequiredService<OutsideAgents>();
        var deciding = services.GetRequiredService<Deciding>();
        using var bare = await BareGate.OpenAsync(Path.Combine(folder, "core-bare.db"));
        await using var grouped = await GroupedGate.OpenAsync(Path.Combine(folder, "core-grouped.db"));

        foreach (var (callers, goal) in ((int, double)[])[(1, 0.6), (16, 2), (64, 2.5)])
            yield return await CompareAsync(
                $"gate round trips over the core, {callers} caller{(callers == 1 ? "" : "s")}",
                callers, length => Rounds.RunAsync(1, length, BareAsync), goal);
        foreach (var callers in (int[])[16, 64])
            yield return await CompareAsync(
                $"the same, {callers} callers; bare: {callers} too, with a group commit and a row of trail a step",
                callers, length => Rounds.RunAsync(callers, length, GroupedAsync), 0.85);

        async Task<Answer> CompareAsync(string what, int callers, Func<TimeSpan, Task<Pace>> others, double goal)
        {
            var (ours, theirs, ratio) = await Rounds.CompareAsync(
                length => Rounds.RunAsync(callers, length, OursAsync), others, RoundCount);
            return new(
                what, $"{Answer.Number(ours.PerSecond)}/s ({Answer.Number(ours.CpuMicroseconds)} µs CPU)",
                $"{Answer.Number(theirs.PerSecond)}/s ({Answer.Number(theirs.CpuMicroseconds)} µs CPU)",
                Answer.Number(ratio, "F2"), $"≥ {Answer.Number(goal, "0.0#")}", ratio >= goal);
        }

        async Task OursAsync()
        {
            var trip = Trip.Next();
            var (review, _) = await agents.RequestAsync(
                Person, new(trip.NodeExecId, trip.GraphExecId, Trip.NodeId, JsonText.Parse(Trip.Payload, "payload")),
                CancellationToken.None);
            await deciding.DecideAsync(
                Person, [new(trip.NodeExecId, Approved: true) { PayloadHash = review.PayloadHash }], CancellationToken.None);
            var taken = await agents.ConsumeAsync(Person, trip.NodeExecId, CancellationToken.None);
            if (taken.Payload != Trip.Payload)
                throw new InvalidOperationException("The payload changed on its way.");
        }

        async Task GroupedAsync()
        {
            if (await grouped.MakeAsync(Trip.Next()) != Trip.Payload)
                throw new InvalidOperationException("The payload changed on its way.");
        }

        Task BareAsync()
        {
            var trip = Trip.Next();
            bare.Request(trip.NodeExecId, trip.GraphExecId, Trip.Payload);
            bare.Decide(trip.NodeExecId);
            return bare.Consume(trip.NodeExecId) == Trip.Payload
                ? Task.CompletedTask
                : throw new InvalidOperationException("The payload changed on its way.");
        }
    }

    /// <summary>Every write looks whether the sign-in behind it still stands, as it does in the program.</summary>
    static async Task SignInAsync(Store store)
    {
        await using var db = store.CreateDbContext();
        var now = DateTimeOffset.UtcNow;
        db.Users.Add(new() { Id = Trip.UserId, UserName = "bench", SecurityStamp = "" });
        db.UserSessions.Add(new()
        {
            Id = Trip.UserId,
            UserId = Trip.UserId,
            Way = SignInWay.password,
            Device = "bench",
            CreatedAt = now,
            LastSeenAt = now,
            IdleUntil = now.AddDays(1),
            ExpiresAt = now.AddDays(1),
        });
        await db.SaveChangesAsync();
    }

    /// <summary>Agents run their own actions: there is nothing to wake.</summary>
    sealed class NoEngine : IExecutionWaker
    {
        public void Wake(string graphExecId)
        {
        }
    }
}
