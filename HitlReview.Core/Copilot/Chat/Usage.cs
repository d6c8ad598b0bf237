using System.Globalization;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>What a user's chats have taken of a day's tokens and money.</summary>
/// <param name="Tokens">The tokens, both ways.</param>
/// <param name="MaxTokens">How many they may be; null for no end.</param>
/// <param name="Money">What they cost.</param>
/// <param name="MaxMoney">What they may cost; null for no end.</param>
/// <param name="Until">When the next day begins.</param>
public sealed record UsageOfDay(long Tokens, long? MaxTokens, decimal Money, decimal? MaxMoney, DateTimeOffset Until)
{
    /// <summary>How much of the day's share is used, of tokens or of money, whichever is more; 0 to 1 and above.</summary>
    public decimal Used => Math.Max(
        MaxTokens is { } tokens ? (decimal)Tokens / tokens : 0, MaxMoney is { } money ? Money / money : 0);
}

/// <summary>Counts the tokens that a user's chats take, and says when that is enough for a day.</summary>
public sealed class Usage(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, Assistant assistant, IOptions<CopilotOptions> options, TimeProvider clock)
{
    // A provider that doesn't tell is counted by what is usual for European languages.
    const int CharactersPerToken = 4;

    /// <summary>What the caller's chats have taken today; null where no model takes any.</summary>
    public Task<UsageOfDay?> ReadAsync(Caller caller, CancellationToken ct) => ReadAsync(caller.UserId, ct);

    async Task<UsageOfDay?> ReadAsync(string userId, CancellationToken ct)
    {
        if (assistant.ModelName is null)
            return null;
        var (today, settings) = (clock.GetUtcNow().UtcDateTime.Date, options.Value);
        var day = Day(today);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var used = await db.Set<DailyUsage>().AsNoTracking().FirstOrDefaultAsync(u => u.UserId == userId && u.Day == day, ct);
        var (input, output) = (used?.InputTokens ?? 0, used?.OutputTokens ?? 0);
        return new(
            input + output, settings.TokensPerDay > 0 ? settings.TokensPerDay : null,
            ((input * settings.Model.InputPrice) + (output * settings.Model.OutputPrice)) / 1_000_000,
            settings.MoneyPerDay > 0 ? settings.MoneyPerDay : null,
            new(today.AddDays(1), TimeSpan.Zero));
    }

    /// <summary>Why the user's chats may take no more today; null where they may.</summary>
    internal async Task<string?> WhyExhaustedAsync(string userId, CancellationToken ct) =>
        await ReadAsync(userId, ct) is { Used: >= 1 } used
            ? string.Create(CultureInfo.InvariantCulture,
                $"Your chats have used up what they may take of the model in a day. That begins anew at {used.Until:HH:mm} UTC.")
            : null;

    /// <summary>Counts what an answer has taken.</summary>
    internal async Task AddAsync(string userId, AnswerStream answer, IReadOnlyList<ChatMessage> asked)
    {
        if (assistant.ModelName is null)
            return;
        var input = answer.Usage.InputTokenCount ?? asked.Sum(message => message.Contents.Sum(Length)) / CharactersPerToken;
        var output = answer.Usage.OutputTokenCount ?? answer.Taken / CharactersPerToken;
        await queue.WriteAsync(tx => tx.ExecuteAsync("""
            INSERT INTO copilot_usage (user_id, day, input_tokens, output_tokens) VALUES (@user, @day, @input, @output)
            ON CONFLICT (user_id, day) DO UPDATE
            SET input_tokens = copilot_usage.input_tokens + @input, output_tokens = copilot_usage.output_tokens + @output
            """, CancellationToken.None, ("user", userId), ("day", Day(tx.Now.UtcDateTime)), ("input", input), ("output", output)),
            CancellationToken.None, userId);
    }

    static long Length(AIContent content) => content switch
    {
        TextContent text => text.Text.Length,
        FunctionResultContent result => result.Result?.ToString()?.Length ?? 0,
        FunctionCallContent call => ToolCalls.TextOf(call).Text.Length,
        _ => 0,
    };

    static int Day(DateTime day) => (day.Year * 10_000) + (day.Month * 100) + day.Day;
}
