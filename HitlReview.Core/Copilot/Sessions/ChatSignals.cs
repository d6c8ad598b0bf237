using System.Collections.Concurrent;
using System.Threading.Channels;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>Something that is to be done in a chat, as the database says: a turn to be answered, or an approved call to be run.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="TurnId">The turn; null for a call.</param>
/// <param name="ReviewId">The review of the call; null for a turn.</param>
readonly record struct ChatSignal(string SessionId, string? TurnId, string? ReviewId);

/// <summary>
/// Wakes who runs chats as soon as a transaction is committed that leaves something to be done. One that is lost costs time and nothing
/// else: the sweep finds what is to be done in the database.
/// </summary>
public sealed class ChatSignals
{
    readonly Channel<ChatSignal> _signals = Channel.CreateUnbounded<ChatSignal>(new() { SingleReader = true });
    readonly ConcurrentDictionary<string, byte> _turns = new(StringComparer.Ordinal);

    internal ChannelReader<ChatSignal> Reader => _signals.Reader;

    internal void Send(ChatSignal signal)
    {
        if (signal.TurnId is { } turn)
            _turns[turn] = 0;
        _signals.Writer.TryWrite(signal);
    }

    /// <summary>True for a turn that this process answers, or is about to.</summary>
    internal bool IsTaken(string turnId) => _turns.ContainsKey(turnId);

    /// <summary>The turn is answered, as far as it could be.</summary>
    internal void Done(string turnId) => _turns.TryRemove(turnId, out _);
}
