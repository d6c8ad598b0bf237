using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Tools;

/// <summary>
/// What strangers have written that a model has read since a person last said something: what it does now may come from there.
/// </summary>
static class ForeignReading
{
    const int Most = 5, MaxWhere = 200;
    const string SomeBlock = "A block"; // that failed, and was continued

    /// <summary>What it has read, a line each: the block, and where it read.</summary>
    /// <returns>Null for nothing.</returns>
    public static async Task<string?> FindAsync(WriteTransaction tx, string sessionId, BlockRegistry blocks, CancellationToken ct)
    {
        // What an agent says may come from what it has read as well.
        var said = await tx.Db.CopilotMessages
            .Where(m => m.SessionId == sessionId && m.Kind == MessageKind.user && m.SaidBy == null)
            .OrderByDescending(m => m.Seq).Select(m => new { m.Seq, m.CreatedAt }).FirstOrDefaultAsync(ct);
        // A call that was claimed goes on when its turn is stopped: it stands before what was said, and is answered after it.
        var since = await tx.Db.CopilotMessages
            .Where(m => m.SessionId == sessionId && (m.Output != null || m.UsedReview != null))
            .Where(m => said == null || m.Seq > said.Seq || (m.CutOff != null && m.EndedAt >= said.CreatedAt)).OrderBy(m => m.Seq)
            .Select(m => new { m.Input, m.Output, m.UsedReview, m.Outcome }).ToListAsync(ct);
        List<string> read = [.. since.Select(m => m.UsedReview is { } used
                ? OfReview(JsonSerializer.Deserialize<Review>(used)!, m.Outcome, blocks)
                : OfCall(m.Input, m.Output!, blocks))
            .OfType<string>().Distinct(StringComparer.Ordinal)];
        return read.Count == 0 ? null : string.Join('\n', read.TakeLast(Most));
    }

    static string? OfReview(Review used, CallEnd? end, BlockRegistry blocks) =>
        blocks.Find(used.BlockId) is { } block && (end == CallEnd.failed ? ForeignText.Speaks(block) : block.ReadsForeignText)
            ? Words(block, JsonText.Trusted(used.Payload)) : null;

    static string? OfCall(string? input, string output, BlockRegistry blocks)
    {
        var answer = JsonText.Trusted(output);
        if (JsonParts.Text(answer, ToolAnswer.NoteName) is null)
            return null;
        var arguments = string.IsNullOrEmpty(input) ? JsonText.EmptyObject : JsonText.Trusted(input);
        // What was continued says in its answer alone which block it was.
        return blocks.Find(JsonParts.Text(answer, "block_id") ?? JsonParts.Text(arguments, "block_id")) is { } block
            ? Words(block, JsonParts.Member(arguments, "input_data") ?? JsonText.EmptyObject) : SomeBlock;
    }

    static string Words(Block block, JsonText input)
    {
        var where = block.RequiredInputs.Select(pin => JsonParts.Text(input, pin)).FirstOrDefault(value => value is not null);
        return where is null ? block.Name : $"{block.Name}: {TextStart.Marked(where.ReplaceLineEndings(" "), MaxWhere)}";
    }
}
