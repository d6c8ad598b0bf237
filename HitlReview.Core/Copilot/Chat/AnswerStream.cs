using System.Text;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Storage;
using Microsoft.Extensions.AI;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>The model's answer of one round, as it comes in: its text is written in portions, its calls are gathered.</summary>
sealed class AnswerStream(TurnLog log, CopilotTurn turn, int round)
{
    /// <summary>The longest answer, in UTF-16 code units; a model that writes more is out of its mind.</summary>
    const int MaxText = 500_000;

    /// <summary>The most calls of one answer.</summary>
    const int MaxCalls = 50;

    readonly string _id = $"{turn.Id}-{round}";
    readonly StringBuilder _text = new();
    readonly StringBuilder _thought = new();
    readonly List<FunctionCallContent> _calls = [];
    readonly StringBuilder _unwritten = new();
    readonly StringBuilder _unwrittenThought = new();
    bool _begun, _thinks, _speaks;

    /// <summary>What it calls for, in its order.</summary>
    public IReadOnlyList<FunctionCallContent> Calls => _calls;

    /// <summary>The tokens that went in and came out, as far as the provider has told.</summary>
    public UsageDetails Usage { get; } = new();

    /// <summary>How many characters the model has written.</summary>
    public int Written => _text.Length + _thought.Length;

    /// <summary>How many characters it took, with those of its calls.</summary>
    public int Taken => Written + _unwritten.Length + _unwrittenThought.Length
        + _calls.Sum(call => call.Name.Length + ToolCalls.TextOf(call).Text.Length);

    /// <summary>Takes in what has come.</summary>
    /// <exception cref="AnswerFaultException">The provider says that it failed, or the answer has no end.</exception>
    public void Take(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
            switch (content)
            {
                case TextReasoningContent thought:
                    _unwrittenThought.Append(thought.Text);
                    break;
                case TextContent text:
                    _unwritten.Append(text.Text);
                    break;
                case FunctionCallContent call:
                    _calls.Add(call);
                    break;
                case UsageContent usage:
                    Usage.Add(usage.Details);
                    break;
                case ErrorContent { ErrorCode: "Refusal" } refusal:
                    _unwritten.Append(refusal.Message);
                    break;
                case ErrorContent:
                    throw new AnswerFaultException("The model's provider said that it failed.");
            }
        if (Written + _unwritten.Length + _unwrittenThought.Length > MaxText || _calls.Count > MaxCalls)
            throw new AnswerFaultException("The model's answer had no end, and was cut off.");
    }

    /// <summary>Writes what has come since the last time.</summary>
    public async Task WriteAsync()
    {
        var thought = Portion(_unwrittenThought);
        // What is only blank may be nothing but the space before a call.
        var text = _speaks || !string.IsNullOrWhiteSpace(_unwritten.ToString()) ? Portion(_unwritten) : "";
        if (thought.Length + text.Length == 0)
            return;
        var events = new List<TurnEvent>();
        if (thought.Length > 0 && _speaks)
            _thought.Append(thought);
        else if (thought.Length > 0)
        {
            if (!_thinks)
                events.Add(new ThoughtStarted(Turns.ThoughtOf(_id)));
            _thinks = true;
            _thought.Append(thought);
            events.Add(new ThoughtAdded(Turns.ThoughtOf(_id), thought));
        }
        if (text.Length > 0)
        {
            if (!_speaks)
                events.AddRange([.. EndThought(), new TextStarted(_id)]);
            _speaks = true;
            _text.Append(text);
            events.Add(new TextAdded(_id, text));
        }
        if (_begun && events.Count > 0)
            await log.WriteAsync(events);
        else if (!_begun)
            await log.BeginAsync(events, (seq, now) => new()
            {
                SessionId = turn.SessionId,
                Id = _id,
                Seq = seq,
                Kind = MessageKind.assistant,
                TurnId = turn.Id,
                Round = round,
                Text = "",
                CreatedAt = now,
            });
        _begun = true;
    }

    /// <summary>The answer is complete.</summary>
    public async Task EndAsync()
    {
        await WriteAsync();
        if (!_begun)
            return;
        var text = _text.ToString();
        var asRead = CopilotMessage.AsReadOf(text);
        await log.WriteAsync(_speaks ? [new TextEnded(_id)] : [.. EndThought()], tx => tx.ExecuteAsync("""
            UPDATE copilot_messages SET text = @text, as_read = @read, reasoning = @thought, ended_at = @now
            WHERE session_id = @session AND id = @id
            """, CancellationToken.None, ("text", text), ("read", asRead), ("thought", _thought.Length > 0 ? _thought.ToString() : null),
            ("now", tx.Now), ("session", turn.SessionId), ("id", _id)));
    }

    IEnumerable<TurnEvent> EndThought()
    {
        if (_thinks)
            yield return new ThoughtEnded(Turns.ThoughtOf(_id));
        _thinks = false;
    }

    /// <summary>What can be written already: not the first half of a character whose second may be in the next portion.</summary>
    static string Portion(StringBuilder unwritten)
    {
        var length = unwritten.Length > 0 && char.IsHighSurrogate(unwritten[^1]) ? unwritten.Length - 1 : unwritten.Length;
        var portion = StorableText.Of(unwritten.ToString(0, length));
        unwritten.Remove(0, length);
        return portion;
    }
}

/// <summary>The model could not answer; the message is for the person.</summary>
/// <param name="why">Why.</param>
sealed class AnswerFaultException(string why) : Exception(why);
