using System.Collections.Concurrent;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>
/// What is to be done in chats, as the database says it: turns are answered, approved calls are run, and what a process that died has left
/// is picked up. Nothing here depends on anybody's browser.
/// </summary>
sealed partial class ChatWork(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, ChatSignals signals, Turns turns, TurnRunner runner, HeldCalls held,
    IOptions<CopilotOptions> options, ILogger<ChatWork> log)
{
    /// <summary>How often a turn is begun again whose process ended before it had said anything.</summary>
    const int MaxTries = 3;

    // One for each user who ever had a turn; what a hostile one begins keeps only their own waiting.
    readonly ConcurrentDictionary<string, SemaphoreSlim> _places = new(StringComparer.Ordinal);

    /// <summary>Does what a signal is about; where the database doesn't say so any more, nothing.</summary>
    /// <param name="signal">What is to be done.</param>
    /// <param name="stopping">The process ends.</param>
    public async Task DoAsync(ChatSignal signal, CancellationToken stopping)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping);
            if (await db.CopilotSessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == signal.SessionId, stopping) is not { } session)
                return;
            if (signal.ReviewId is { } reviewId)
                await held.RunAsync(session, reviewId, stopping);
            else
                await AnswerAsync(session, signal.TurnId!, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // The next sweep finds what is left to do.
            Failed(log, signal.SessionId, e);
        }
        finally
        {
            if (signal.TurnId is { } turnId)
                signals.Done(turnId);
        }
    }

    async Task AnswerAsync(CopilotSession session, string turnId, CancellationToken stopping)
    {
        // A key's chats take no place from their person's.
        var places = _places.GetOrAdd($"{session.UserId}\n{session.AskedByKeyId}", _ => new(options.Value.TurnsAtOnce));
        await places.WaitAsync(stopping);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping);
            if (await db.CopilotTurns.AsNoTracking().FirstOrDefaultAsync(t => t.Id == turnId, stopping)
                is { State: TurnState.running } turn)
                await runner.RunAsync(turn, session, stopping);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Picks up what nobody works at: turns that lost their process, and held calls that were decided.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        foreach (var turn in await db.CopilotTurns.AsNoTracking().Where(t => t.State == TurnState.running).ToListAsync(ct))
            try
            {
                await queue.WriteAsync(tx => PickUpAsync(tx, turn, ct), ct, turn.UserId);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Failed(log, turn.SessionId, e);
            }
        await held.SweepAsync(ct);
    }

    /// <summary>What has said nothing yet can begin again; of all else nobody knows how it would have gone on.</summary>
    async Task PickUpAsync(WriteTransaction tx, CopilotTurn turn, CancellationToken ct)
    {
        // Whoever began it has said so when that was committed, which was before this.
        if (signals.IsTaken(turn.Id))
            return;
        if (turn.Tries < MaxTries && !await tx.Db.CopilotMessages.AnyAsync(m => m.SessionId == turn.SessionId && m.TurnId == turn.Id, ct))
        {
            await tx.ExecuteAsync("DELETE FROM copilot_events WHERE turn_id = @id", ct, ("id", turn.Id));
            if (await tx.ExecuteAsync(
                "UPDATE copilot_turns SET tries = tries + 1, last_event = 0 WHERE id = @id AND state = 'running'", ct,
                ("id", turn.Id)) == 1)
                tx.AfterCommit(() => signals.Send(new(turn.SessionId, turn.Id, null)));
        }
        else if (await turns.EndAsync(
            tx, turn.Id, TurnState.interrupted, await LastSaidAsync(tx, turn, ct), TurnRunner.Interrupted, null, ct) is not null)
            tx.AfterCommit(() => TurnInterrupted(log, turn.Id));
    }

    /// <summary>What came after the last that it said it may not have heard of.</summary>
    static async Task<int?> LastSaidAsync(WriteTransaction tx, CopilotTurn turn, CancellationToken ct) =>
        await tx.Db.CopilotMessages.Where(m => m.SessionId == turn.SessionId && m.TurnId == turn.Id).MaxAsync(m => (int?)m.Seq, ct);

    [LoggerMessage(Level = LogLevel.Error, Message = "Something to be done in chat {SessionId} failed; the next sweep looks after it")]
    static partial void Failed(ILogger log, string sessionId, Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Turn {TurnId} of a chat lost its process and is marked as interrupted")]
    static partial void TurnInterrupted(ILogger log, string turnId);
}
