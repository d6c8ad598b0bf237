using System.Globalization;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Tools;

/// <summary>
/// The tools of a chat. A sensitive block, or one about which the chat always asks, runs only after it was claimed in the database, by an
/// approval of its own or by a standing one, and its end is recorded with the claim's; a process that dies in between leaves an unknown
/// outcome and never a second run.
/// </summary>
public sealed partial class CopilotTools(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, CopilotSessions sessions, AskRules rules,
    RunningCalls calls, InFlight inFlight, ActionRun actions, Outcomes outcomes, ChatSignals signals,
    IOptions<LimitOptions> limits, TimeProvider clock, ILogger<CopilotTools> log)
{
    const int MaxNamed = 5;
    const string SameCall = "graph_exec_id = @exec AND user_id = @user AND origin = 'Copilot' AND block_id = @block AND payload_key = @key";

    /// <summary>Finds blocks that a chat can run.</summary>
    /// <param name="caller">The owner of the chat.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="query">Words, each of which must be in the name or in what it does; empty for all blocks.</param>
    /// <param name="ct">Gives up the look-up of the chat.</param>
    /// <exception cref="RefusedException">The chat is unknown or not the caller's.</exception>
    public async Task<ToolAnswer> FindBlockAsync(Caller caller, string sessionId, string? query, CancellationToken ct)
    {
        var session = await sessions.GetAsync(caller, sessionId, ct);
        var words = (query ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        List<Block> found = [.. blocks.All.Where(block => !block.IsGraphOnly && Array.TrueForAll(words, word =>
            block.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
            || block.Description.Contains(word, StringComparison.OrdinalIgnoreCase)))];
        return new BlockList(session.Id, found.Count switch
        {
            0 => "No block was found.",
            1 => "One block was found.",
            _ => string.Create(CultureInfo.InvariantCulture, $"{found.Count} blocks were found."),
        }, found);
    }

    /// <summary>
    /// Runs a block, or asks a person first if it is sensitive or the chat always asks about it. An equal call that waits, or is approved
    /// and not used, is answered with its review again.
    /// </summary>
    /// <param name="caller">The owner of the chat.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="blockId">The block.</param>
    /// <param name="input">Its whole input.</param>
    /// <param name="ct">Gives up while nothing has been claimed.</param>
    /// <param name="beforeRun">Called where the block is about to run, which may take its time.</param>
    /// <exception cref="RefusedException">The chat is unknown or not the caller's.</exception>
    public Task<ToolAnswer> RunBlockAsync(
        Caller caller, string sessionId, string blockId, JsonText input, CancellationToken ct, Action? beforeRun = null) =>
        RunBlockAsync(caller, sessionId, blockId, input, null, beforeRun, ct);

    /// <summary>The same for a call of a turn: it is done only while the turn runs, and held in the transaction that asks.</summary>
    internal async Task<ToolAnswer> RunBlockAsync(
        Caller caller, string sessionId, string blockId, JsonText input, CallOfTurn? of, Action? beforeRun, CancellationToken ct)
    {
        var session = await sessions.GetAsync(caller, sessionId, ct);
        if (blocks.Find(blockId) is not { } block)
            return new ToolError(session.Id,
                string.IsNullOrWhiteSpace(blockId) ? "block_id must not be blank." : $"No block '{Identifiers.Shown(blockId)}' was found.");
        if (await WhyNotAsync(session, block, input, ct) is { } fault)
            return fault;

        using var call = calls.Open(session.GraphExecId);
        if (!block.IsSensitiveAction && !await rules.AsksAsync(session.Id, block, ct))
        {
            beforeRun?.Invoke();
            return await RunFreelyAsync(session, block, input, call, ct);
        }
        var id = NodeIds.OfChat(NodeId(block));
        using var hold = inFlight.Take(id);
        Review? review;
        Claim? claim;
        try
        {
            (review, claim) = await queue.WriteAsync(caller, tx => PassGateAsync(tx, caller, session, block, id, input, of, ct), ct);
        }
        catch (RefusedException refused) when (refused.Refusal == Refusal.Conflict)
        {
            return new ToolError(session.Id, refused.Message);
        }
        if (claim is not null)
        {
            beforeRun?.Invoke();
            return await RunClaimedAsync(session, claim, null, call);
        }
        return new ReviewRequired(session.Id, review!.Status == ReviewStatus.WAITING
            ? $"The block '{block.Name}' waits for a person's approval. Once it is approved, continue with continue_run_block."
            : $"The block '{block.Name}' is approved with this input. Run it with continue_run_block.", block, review);
    }

    /// <summary>
    /// Runs the approved payload of a review of this chat. Of any number of calls one runs it; the review's record is gone afterwards.
    /// </summary>
    /// <param name="caller">The owner of the chat.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="reviewId">The review.</param>
    /// <param name="ct">Gives up while nothing has been claimed.</param>
    /// <exception cref="RefusedException">The chat is unknown or not the caller's.</exception>
    public Task<ToolAnswer> ContinueRunBlockAsync(Caller caller, string sessionId, string reviewId, CancellationToken ct) =>
        ContinueRunBlockAsync(caller, sessionId, reviewId, null, ct);

    /// <summary>The same for a call of a turn: it is done only while the turn runs.</summary>
    internal async Task<ToolAnswer> ContinueRunBlockAsync(
        Caller caller, string sessionId, string reviewId, CallOfTurn? of, CancellationToken ct)
    {
        var session = await sessions.GetAsync(caller, sessionId, ct);
        if (string.IsNullOrWhiteSpace(reviewId))
            return new ToolError(session.Id, "review_id must not be blank.");
        var (approved, problem) = await FindApprovedAsync(caller, session, reviewId, ct);
        if (approved is null)
            return new ToolError(session.Id, problem!);
        if (blocks.Find(approved.BlockId) is not { } block)
            return new ToolError(session.Id, $"The block of review '{reviewId}' no longer exists.") { IsFinal = true };
        if (await Gate.WhyNotAsync(block, JsonText.Trusted(approved.Payload), null, ct) is { } why)
            return new ToolError(session.Id, $"The approved input no longer fits the block '{block.Name}': {why}.") { IsFinal = true };

        using var call = calls.Open(session.GraphExecId);
        using var hold = inFlight.Take(reviewId);
        var (claim, taken) = hold is null ? (null, null) : await queue.WriteAsync(caller, async tx =>
        {
            await LockAsync(tx, session, of, ct);
            return await ReviewMoves.TakeUpAsync(
                tx, session.UserId, reviewId, ReviewOrigin.Copilot, ReviewStatus.APPROVED, caller, ct) is { } taken
                ? (await ClaimAsync(
                    tx, caller, session, reviewId, block, JsonText.Trusted(taken.Payload), (taken.AskedByKeyId, taken.AskedBy), ct), taken)
                : ((Claim?)null, (Review?)null);
        }, ct);
        return claim is not null
            ? await RunClaimedAsync(session, claim, taken, call)
            : new ToolError(session.Id, (await FindApprovedAsync(caller, session, reviewId, ct)).Problem
                ?? $"Review '{reviewId}' changed at this moment. Try again.");
    }

    /// <summary>Says what keeps a call from being done, before anybody is asked about it.</summary>
    static async ValueTask<ToolAnswer?> WhyNotAsync(CopilotSession session, Block block, JsonText input, CancellationToken ct)
    {
        if (block.IsGraphOnly)
            return new ToolError(session.Id, $"The block '{block.Name}' makes sense only inside a graph.");
        if (input.Root.ValueKind != System.Text.Json.JsonValueKind.Object)
            return new ToolError(session.Id, "input_data must be an object.");
        var given = input.Root.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = given.Except(block.InputPins).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            return new InputValidationError(session.Id, $"The block '{block.Name}' has no input {Names(unknown)}.", block, unknown);
        var missing = block.RequiredInputs.Where(pin => !given.Contains(pin)).ToList();
        if (missing.Count > 0)
            return new BlockDetails(session.Id, $"The block '{block.Name}' needs {Names(missing)}.", block);
        return await Gate.WhyNotAsync(block, input, null, ct) is { } why
            ? new InputValidationError(session.Id, $"The input of the block '{block.Name}' is refused: {why}.", block, [])
            : null;

        static string Names(List<string> names) =>
            string.Join(", ", names.Take(MaxNamed).Select(n => $"'{n}'"))
            + (names.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - MaxNamed} more") : "");
    }

    /// <summary>Decides in one transaction whether the call was asked before, may run by a standing approval, or must ask.</summary>
    /// <returns>The review that must be waited for or continued, or the claim.</returns>
    async Task<(Review? Review, Claim? Claim)> PassGateAsync(
        WriteTransaction tx, Caller caller, CopilotSession session, Block block, string id, JsonText input, CallOfTurn? of,
        CancellationToken ct)
    {
        await LockAsync(tx, session, of, ct);
        (string, object?)[] same =
            [("exec", session.GraphExecId), ("user", session.UserId), ("block", block.Id.ToString()), ("key", input.ValueKey)];
        // A key continues only what it asked for itself, so that what its person has asked for is no answer to it.
        var open = await tx.FirstAsync<Review>($"""
            SELECT {Row<Review>.Columns} FROM reviews
            WHERE {SameCall} AND status IN ('WAITING', 'APPROVED') AND processed = FALSE AND (@asker = '' OR asked_by_key_id = @asker)
            ORDER BY status, created_at LIMIT 1
            """, Row<Review>.Read, ct, [.. same, ("asker", caller.Key?.Id ?? "")]);
        if (open is not null)
        {
            await HoldAsync(tx, session, of, open.NodeExecId, ct);
            if (of is not null && open.Status == ReviewStatus.APPROVED)
                tx.AfterCommit(() => signals.Send(new(session.Id, null, open.NodeExecId)));
            return (open, null);
        }

        if (await NodeIds.IsTakenAsync(tx, id, ct))
            throw new RefusedException(Refusal.Conflict, $"The id '{id}' is taken. Call again.");
        await HoldAsync(tx, session, of, id, ct);
        var request = new ReviewRequest(id, session.GraphExecId, NodeId(block), input)
        {
            BlockId = block.Id.ToString(),
            AskedByKeyId = caller.Key?.Id,
            AskedBy = caller.Key?.Name,
            AfterReading = of is null ? null : await ForeignReading.FindAsync(tx, session.Id, blocks, ct),
        };
        // What may come from a stranger's page was not meant by whoever allowed something ahead.
        var (asked, _) = await Gate.PassAsync(
            tx, session.UserId, ReviewOrigin.Copilot, request, caller, limits.Value, ct, mayPass: request.AfterReading is null,
            instructions: RejectedBeforeAsync);
        return asked is null
            ? (null, await ClaimAsync(tx, caller, session, id, block, input, (request.AskedByKeyId, request.AskedBy), ct))
            : (asked, null);

        Task<string?> RejectedBeforeAsync() => tx.FirstAsync<string>(
            $"""
            SELECT reviewed_at, review_message FROM reviews
            WHERE {SameCall} AND status = 'REJECTED' AND reviewed_by IS NOT NULL ORDER BY reviewed_at DESC LIMIT 1
            """,
            row => $"The same call was rejected before, at {Cells.Read<DateTimeOffset>(row, 0):yyyy-MM-dd'T'HH:mm:ss'Z'}"
                + (Cells.Read<string>(row, 1) is { } said ? $": {said}" : "."), ct, same);
    }

    /// <summary>
    /// Takes the lock of the chat: its tool calls and its stop come one after another from here on. Nothing of a turn begins after a stop
    /// of it has answered.
    /// </summary>
    static async Task LockAsync(WriteTransaction tx, CopilotSession session, CallOfTurn? of, CancellationToken ct)
    {
        if (await Turns.LockAsync(tx, session.Id, ct) is null)
            throw CopilotSessions.Unknown(session.Id);
        if (of is not null && !await tx.FirstAsync(
            "SELECT EXISTS (SELECT 1 FROM copilot_turns WHERE id = @id AND state = 'running')", r => r.GetBoolean(0), ct,
            ("id", of.TurnId)))
            throw new RefusedException(Refusal.Conflict, "The turn was stopped before this call was done.");
    }

    /// <summary>From here on the chat is told what becomes of it, whatever becomes of the process.</summary>
    static async Task HoldAsync(WriteTransaction tx, CopilotSession session, CallOfTurn? of, string nodeExecId, CancellationToken ct)
    {
        if (of is not null)
            await tx.ExecuteAsync(
                "UPDATE copilot_messages SET review_id = @review, is_held = TRUE WHERE session_id = @session AND id = @id", ct,
                ("review", nodeExecId), ("session", session.Id), ("id", of.MessageId));
    }

    /// <summary>The synthetic node of a block in a chat.</summary>
    static string NodeId(Block block) => RunId.NodeOfChat(block.Id);

    // The asker is the key that asked, whoever continues: it never settles what it asked for.
    static async Task<Claim> ClaimAsync(
        WriteTransaction tx, Caller caller, CopilotSession session, string nodeExecId, Block block, JsonText input,
        (string? KeyId, string? Name) asker, CancellationToken ct)
    {
        var node = new NodeExecution
        {
            Id = nodeExecId,
            GraphExecId = session.GraphExecId,
            UserId = session.UserId,
            AskedByKeyId = asker.KeyId,
            AskedBy = asker.Name,
            NodeId = NodeId(block),
            BlockId = block.Id.ToString(),
            Ordinal = 1 + (await tx.Db.NodeExecutions.Where(n => n.GraphExecId == session.GraphExecId)
                .MaxAsync(n => (int?)n.Ordinal, ct) ?? -1),
            Status = ExecutionStatus.RUNNING,
            Input = input.Text,
            CreatedAt = tx.Now,
            StartedAt = tx.Now,
            ClaimedAt = tx.Now,
        };
        return await Claim.TakeNewAsync(tx, node, block, input, caller, ct);
    }
}
