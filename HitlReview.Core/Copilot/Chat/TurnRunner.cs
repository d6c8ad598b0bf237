using System.ClientModel;
using System.Threading.Channels;
using HitlReview.Core.Accounts;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Storage;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>
/// Answers a turn: asks the model, does what it calls for, and asks again, until it has nothing more to call for or a bound is reached.
/// Whatever goes wrong, the chat says so in words, and can be used again.
/// </summary>
sealed partial class TurnRunner(
    CommitQueue queue, Turns turns, LiveTurns live, Assistant assistant, ChatHistory history, ToolCalls tools, Usage usage,
    IOptions<CopilotOptions> options, TimeProvider clock, ILogger<TurnRunner> log)
{
    /// <summary>
    /// How long portions of an answer are apart at least, so that a fast model costs no more commits than anybody can see.
    /// </summary>
    static readonly TimeSpan s_portion = TimeSpan.FromMilliseconds(40);

    /// <summary>How long to wait before a provider that is busy is asked again.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>What is said of a turn whose process ended.</summary>
    internal const string Interrupted = "HitlReview was stopped in the middle of the answer.";

    const string OutOfRounds = "The assistant has called its tools as often as it may in one turn. Say how it should go on.";

    /// <summary>Answers a turn to its end.</summary>
    /// <param name="turn">The turn; it runs, and nobody answers it.</param>
    /// <param name="session">Its chat.</param>
    /// <param name="shutdown">The process ends: the turn is interrupted.</param>
    public async Task RunAsync(CopilotTurn turn, CopilotSession session, CancellationToken shutdown)
    {
        using var shown = live.Open(turn);
        using var deadline = new CancellationTokenSource(options.Value.TurnTime, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(shown.Stop, deadline.Token, shutdown);
        int? answered = null;
        try
        {
            var turnLog = new TurnLog(queue, turn, shown);
            await turnLog.WriteAsync([new RunStarted(turn.SessionId, turn.Id)]);
            for (var round = 1; ; round++)
            {
                // Nobody's key asks for anything more once it has ended.
                if (HeldCalls.CallerOf(session) is { Key: not null } key)
                    await queue.WriteAsync(key, _ => Task.CompletedTask, any.Token);
                if (await usage.WhyExhaustedAsync(turn.UserId, any.Token) is { } exhausted)
                    throw new AnswerFaultException(exhausted);
                var told = await history.ReadAsync(turn.SessionId, any.Token);
                answered = told.UpTo;
                var answer = new AnswerStream(turnLog, turn, round);
                try
                {
                    await AskAsync(answer, told.Messages, mayCall: round < options.Value.Rounds, any.Token);
                }
                finally
                {
                    // Also of an answer that nobody waited for.
                    await usage.AddAsync(turn.UserId, answer, told.Messages);
                }
                if (answer.Calls.Count == 0)
                {
                    // After it has called something a model may have nothing to add; to a person it has to say something.
                    if (round == 1 && answer.Written == 0)
                        throw new AnswerFaultException("The model gave no answer.");
                    break;
                }
                foreach (var call in answer.Calls)
                    await CallAsync(turnLog, turn, session, round, call, any.Token);
                if (round >= options.Value.Rounds)
                    throw new AnswerFaultException(OutOfRounds);
            }
            await EndAsync(turn, TurnState.done, answered, null);
        }
        catch (TurnOverException)
        {
            // Whoever ended it has written how.
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            if (shutdown.IsCancellationRequested)
                await EndAsync(turn, TurnState.interrupted, answered, Interrupted);
            else if (deadline.IsCancellationRequested)
                await EndAsync(turn, TurnState.failed, answered, "The answer took longer than it may (Copilot:TurnTime), and was cut off.");
        }
        catch (Exception e)
        {
            if (e is not (AnswerFaultException or RefusedException))
                TurnFailed(log, turn.Id, e);
            await EndAsync(turn, TurnState.failed, answered, Words(e));
        }
    }

    async Task EndAsync(CopilotTurn turn, TurnState end, int? answered, string? why) => await queue.WriteAsync(
        tx => turns.EndAsync(tx, turn.Id, end, answered, why is null ? null : StorableText.Of(why), null, CancellationToken.None),
        CancellationToken.None, turn.UserId);

    /// <summary>Asks the model, once more where its provider was busy and has said nothing yet.</summary>
    async Task AskAsync(AnswerStream answer, IReadOnlyList<ChatMessage> messages, bool mayCall, CancellationToken ct)
    {
        var request = new ChatOptions { Tools = mayCall ? [.. ToolCalls.Declarations] : null };
        try
        {
            await StreamAsync(answer, messages, request, ct);
        }
        catch (Exception e) when (answer.Written == 0 && answer.Calls.Count == 0 && IsBusy(e))
        {
            ModelBusy(log, e);
            await Task.Delay(RetryAfter, clock, ct);
            await StreamAsync(answer, messages, request, ct);
        }
    }

    async Task StreamAsync(AnswerStream answer, IReadOnlyList<ChatMessage> messages, ChatOptions request, CancellationToken ct)
    {
        // The model is read as fast as it writes; what has come in while the last portion was written is the next one.
        var updates = Channel.CreateUnbounded<ChatResponseUpdate>(new() { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ReadAsync();
        try
        {
            while (await updates.Reader.WaitToReadAsync(ct))
            {
                while (updates.Reader.TryRead(out var update))
                    answer.Take(update);
                await answer.WriteAsync();
                await Task.WhenAny(Task.Delay(s_portion, clock, stop.Token), reading);
            }
            await reading;
            await answer.EndAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ReadAsync()
        {
            try
            {
                await foreach (var update in assistant.Client.GetStreamingResponseAsync(messages, request, stop.Token))
                    await updates.Writer.WriteAsync(update, stop.Token);
                updates.Writer.Complete();
            }
            catch (Exception e)
            {
                updates.Writer.Complete(e);
            }
        }
    }

    /// <summary>
    /// Does one call. Its answer is recorded also where the turn has ended meanwhile, because what it did has happened.
    /// </summary>
    async Task CallAsync(
        TurnLog turnLog, CopilotTurn turn, CopilotSession session, int round, FunctionCallContent call, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        var tool = StorableText.Of(Identifiers.Shown(call.Name));
        var (input, fault) = ToolCalls.TextOf(call);
        await turnLog.BeginAsync([new CallStarted(id, tool), new CallArguments(id, input), new CallEnded(id)], (seq, now) => new()
        {
            SessionId = turn.SessionId,
            Id = id,
            Seq = seq,
            Kind = MessageKind.tool_call,
            TurnId = turn.Id,
            Round = round,
            Text = "",
            Tool = tool,
            Input = input,
            CreatedAt = now,
        });
        var answer = await tools.CallAsync(HeldCalls.CallerOf(session), turn.SessionId, tool, input, fault, new(turn.Id, id), ct);
        var output = answer.ForModel().Text;
        var asRead = CopilotMessage.AsReadOf("", input, output);
        try
        {
            await turnLog.WriteAsync([new CallAnswered($"{id}-answer", id, output)], WriteAsync);
        }
        catch (TurnOverException)
        {
            await queue.WriteAsync(WriteAsync, CancellationToken.None, turn.UserId);
            throw;
        }

        async Task WriteAsync(WriteTransaction tx)
        {
            if (await Turns.LockAsync(tx, turn.SessionId, CancellationToken.None) is not { } locked)
                return;
            // What is held was held by the gate, and may have come to its end since.
            var seq = await tx.FirstAsync("""
                UPDATE copilot_messages
                SET output = @output, as_read = @read, ended_at = @now, is_held = is_held AND @asks,
                    review_id = CASE WHEN @asks THEN review_id END
                WHERE session_id = @session AND id = @id
                RETURNING seq
                """, r => r.GetInt32(0), CancellationToken.None, ("output", output), ("read", asRead),
                ("asks", answer is ReviewRequired), ("now", tx.Now), ("session", turn.SessionId), ("id", id));
            await Turns.SaveAsync(tx, locked, isNews: true, CancellationToken.None, seq);
        }
    }

    static bool IsBusy(Exception e) => e switch
    {
        ClientResultException answered => answered.Status is 0 or 429 or >= 500,
        HttpRequestException unanswered => unanswered.StatusCode is null or System.Net.HttpStatusCode.TooManyRequests
            or >= System.Net.HttpStatusCode.InternalServerError,
        IOException => true,
        _ => false,
    };

    static string Words(Exception e) => e switch
    {
        AnswerFaultException or RefusedException => e.Message,
        ClientResultException { Status: 401 or 403 } => "The model's provider refused the key (Copilot:Model:Key).",
        ClientResultException { Status: 404 } =>
            "The model's provider knows no such model or address (Copilot:Model:Name, Copilot:Model:Endpoint).",
        ClientResultException { Status: 429 } => "The model's provider is busy, or takes no more today.",
        ClientResultException { Status: > 0 and var status } => $"The model's provider answered with the error {status}.",
        ClientResultException or HttpRequestException or IOException => "The model could not be reached, or its answer broke off.",
        _ => "The answer failed; the log of the server says why.",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Turn {TurnId} of a chat failed")]
    static partial void TurnFailed(ILogger log, string turnId, Exception cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "The language model's provider is busy or away; it is asked once more")]
    static partial void ModelBusy(ILogger log, Exception cause);
}
