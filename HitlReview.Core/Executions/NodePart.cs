using System.Linq.Expressions;
using HitlReview.Core.Actions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>
/// A node execution as it is read together with others: its input and output only where there was room, their sizes always.
/// </summary>
/// <param name="Run">How far it has come.</param>
/// <param name="UserId">The owner.</param>
/// <param name="BlockId">The block.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ClaimedAt">When a sensitive action was claimed.</param>
/// <param name="InputBytes">How many bytes of UTF-8 its input takes.</param>
/// <param name="OutputBytes">How many bytes of UTF-8 its output takes; null if it has none.</param>
public sealed record NodePart(NodeRun Run, string UserId, string BlockId, string? Error, DateTimeOffset? ClaimedAt, int InputBytes,
    int? OutputBytes)
{
    /// <summary>The <c>node_exec_id</c>.</summary>
    public string Id => Run.Id;

    /// <summary>The input as JSON text; null if it was left out.</summary>
    public string? Input { get; init; }

    /// <summary>The output as JSON text; null if there is none, or it was left out.</summary>
    public string? Output { get; init; }

    /// <summary>True if nothing was left out.</summary>
    public bool IsWhole => Input is not null && (OutputBytes is null || Output is not null);

    /// <summary>Reads one without its input and output.</summary>
    internal static Expression<Func<NodeExecution, NodePart>> Bare { get; } = n => new(
        new(n.Id, n.NodeId, n.Ordinal, n.Status, n.Outcome, n.Rejected, n.Output != null, n.CreatedAt, n.StartedAt, n.EndedAt),
        n.UserId, n.BlockId, n.Error, n.ClaimedAt, HitlDbContext.OctetLength(n.Input) ?? 0, HitlDbContext.OctetLength(n.Output));

    /// <summary>Adds inputs and outputs, whole or not at all, in this order as far as there is room.</summary>
    /// <param name="parts">Node executions without them.</param>
    /// <param name="room">How many bytes all of them may take.</param>
    /// <param name="db">Reads them.</param>
    /// <param name="ct">Cancels the queries.</param>
    internal static async Task<IReadOnlyList<NodePart>> FillAsync(IReadOnlyList<NodePart> parts, long room, HitlDbContext db,
        CancellationToken ct)
    {
        var (inputs, outputs) = (new List<string>(), new List<string>());
        foreach (var part in parts)
        {
            if (part.InputBytes <= room)
            {
                room -= part.InputBytes;
                inputs.Add(part.Id);
            }
            if (part.OutputBytes <= room)
            {
                room -= part.OutputBytes.Value;
                outputs.Add(part.Id);
            }
        }
        var inputOf = await db.NodeExecutions.Where(n => inputs.Contains(n.Id)).Select(n => new { n.Id, n.Input })
            .ToDictionaryAsync(n => n.Id, n => n.Input, ct);
        var outputOf = await db.NodeExecutions.Where(n => outputs.Contains(n.Id)).Select(n => new { n.Id, n.Output })
            .ToDictionaryAsync(n => n.Id, n => n.Output, ct);
        return [.. parts.Select(part => part with { Input = inputOf.GetValueOrDefault(part.Id),
            Output = outputOf.GetValueOrDefault(part.Id) })];
    }
}
