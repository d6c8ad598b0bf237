using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>The turn was ended by somebody else: nothing more is written of it.</summary>
sealed class TurnOverException : Exception;

/// <summary>Writes what happens in a turn, and shows it to those who look on once it is committed.</summary>
sealed class TurnLog(CommitQueue queue, CopilotTurn turn, LiveTurn live)
{
    /// <summary>Writes events, and what comes with them.</summary>
    /// <param name="events">The events.</param>
    /// <param name="with">What else is written, in the same transaction; null for nothing.</param>
    /// <exception cref="TurnOverException">The turn doesn't run any more; nothing is written.</exception>
    public async Task WriteAsync(IReadOnlyList<TurnEvent> events, Func<WriteTransaction, Task>? with = null)
    {
        var goesOn = await queue.WriteAsync(async tx =>
        {
            if (!await Turns.WriteEventsAsync(tx, turn.Id, events, CancellationToken.None))
                return false;
            if (with is not null)
                await with(tx);
            tx.AfterCommit(() => live.Add(events));
            return true;
        }, CancellationToken.None, turn.UserId);
        if (!goesOn)
            throw new TurnOverException();
    }

    /// <summary>Writes events, with a message that begins with them.</summary>
    public Task BeginAsync(IReadOnlyList<TurnEvent> events, Func<int, DateTimeOffset, CopilotMessage> message) =>
        WriteAsync(events, async tx =>
        {
            if (await Turns.LockAsync(tx, turn.SessionId, CancellationToken.None) is not { } session)
                return;
            await Turns.AddAsync(tx, session, seq => message(seq, tx.Now), CancellationToken.None);
            await Turns.SaveAsync(tx, session, isNews: true, CancellationToken.None);
        });
}
