using System.Text;
using System.Text.Json;
using HitlReview.Core.Actions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>Where a delivery stands after a portion.</summary>
/// <param name="HasMore">True if more is to be handed on, in a transaction of its own.</param>
/// <param name="Overrun">Why the execution must fail: it makes or keeps too much. Null if it doesn't.</param>
readonly record struct Delivered(bool HasMore, string? Overrun = null);

/// <summary>
/// Hands what a node emitted on to the nodes behind it. A node execution collects one value per linked pin and is ready when it has them
/// all; further values of a pin start the next node execution of that node, so that values meet in the order in which they were emitted.
/// </summary>
/// <remarks>
/// One transaction takes a portion, small enough that nobody waits long for the writer. How far it has come is written with it, at the
/// node that emitted: cut off in between it goes on from there. Of one execution's outputs only the first in turn is handed on, to its
/// end; the next waits, so that values meet as if each output had been handed on at once.
/// </remarks>
sealed class Delivery(WriteTransaction tx, ExecutionPlan plan, NodeExecution from, Emission emission, ExecutionOptions limits)
{
    internal const int MaxRows = 100;
    internal const int MaxBytes = 1_000_000;

    readonly Dictionary<string, Sink> _sinks = new(StringComparer.Ordinal);
    readonly List<Collecting> _changed = [];
    long _bytes;
    int _ordinal;

    /// <summary>Hands on the next portion.</summary>
    /// <returns>
    /// Nothing is written if it says that the execution must fail. Nothing happens where the execution has ended, or it is another's
    /// turn.
    /// </returns>
    public async Task<Delivered> PortionAsync(CancellationToken ct)
    {
        // The row's lock orders this against a stop.
        var kept = await tx.FirstAsync(
            "UPDATE graph_executions SET revision = revision + 1 WHERE id = @id AND ended_at IS NULL RETURNING kept_bytes",
            r => (long?)r.GetInt64(0), ct, ("id", from.GraphExecId));
        var step = await tx.FirstAsync(
            """
            SELECT id, delivered FROM node_executions
            WHERE graph_exec_id = @exec AND delivery_turn IS NOT NULL ORDER BY delivery_turn LIMIT 1
            """,
            r => r.GetString(0) == from.Id ? (int?)r.GetInt32(1) : null, ct, ("exec", from.GraphExecId));
        if (kept is null || step is not { } begin)
            return new(false);
        _ordinal = await tx.Db.NodeExecutions.Where(n => n.GraphExecId == from.GraphExecId).MaxAsync(n => n.Ordinal, ct);
        if (begin == 0 && await TooMuchAsync(kept.Value, ct) is { } overrun)
            return new(false, overrun);

        var (end, hasMore) = (begin, false);
        foreach (var (link, value) in emission.From(begin))
        {
            hasMore = IsFull || !await HandOnAsync(link, value, ct);
            if (_ordinal >= limits.MaxNodeExecutions)
                return new(false, limits.TooManyNodes);
            if (hasMore)
                break;
            end++;
        }

        var texts = _changed.ConvertAll(InputOf);
        var added = texts.Sum(input => (long)Encoding.UTF8.GetByteCount(input.Text)) - _changed.Sum(c => c.StoredBytes);
        if (kept + added > limits.MaxExecutionBytes)
            return new(false, limits.TooManyBytes);
        if (await tx.ExecuteAsync(
            """
            UPDATE node_executions SET delivered = @end, delivery_turn = CASE WHEN @more THEN delivery_turn ELSE NULL END
            WHERE id = @id AND delivered = @begin AND delivery_turn IS NOT NULL
            """,
            ct, ("end", end), ("more", hasMore), ("id", from.Id), ("begin", begin)) == 0)
            return new(false);
        await tx.ExecuteAsync("UPDATE graph_executions SET kept_bytes = kept_bytes + @added WHERE id = @id", ct, ("added", added),
            ("id", from.GraphExecId));
        for (var i = 0; i < texts.Count; i++)
            await SaveAsync(_changed[i], texts[i], ct);
        await tx.Db.SaveChangesAsync(ct);
        tx.Db.ChangeTracker.Clear();
        return new(hasMore);
    }

    bool IsFull => _changed.Count >= MaxRows || _bytes >= MaxBytes;

    /// <summary>Counts what the whole delivery makes at least, before any of it is built.</summary>
    async Task<string?> TooMuchAsync(long kept, CancellationToken ct)
    {
        long made = 0, bytes = kept;
        foreach (var arriving in emission.Pins.SelectMany(pin => pin.Links.Select(link => (Link: link, Pin: pin)))
            .GroupBy(a => a.Link.SinkId))
        {
            var sink = await SinkAsync(arriving.Key, ct);
            var counts = arriving.Where(a => !sink.IsKept(a.Link.SinkName)).GroupBy(a => a.Link.SinkName)
                .ToDictionary(a => a.Key, a => a.Sum(one => (long)one.Pin.Count));
            if (counts.Count == 0)
                continue;
            var fresh = Math.Max(0, counts.Values.Max() - sink.Open.Count);
            made += fresh;
            if (1 + _ordinal + made > limits.MaxNodeExecutions)
                return limits.TooManyNodes;
            bytes += fresh * sink.Staying.Values.Sum(value => (long)Encoding.UTF8.GetByteCount(value.Text));
            if (sink.Pins.TrueForAll(pin => counts.ContainsKey(pin) || sink.Staying.ContainsKey(pin)))
                bytes += Math.Max(0, counts.Values.Min() - sink.Open.Count) * sink.DefaultBytes;
        }
        // A value that stays goes to all that lack one; those behind it to none.
        foreach (var pin in emission.Pins)
            foreach (var link in pin.Links)
                if (_sinks[link.SinkId] is var sink && sink.IsKept(link.SinkName)
                    && await LackingAsync(sink, link.SinkName, ct) is not null)
                    bytes += (long)(sink.Open.Count - sink.Lacking[link.SinkName]) * Emission.BytesOf(pin.Values[0]);
        foreach (var pin in emission.Pins)
            if (pin.Links.Count(link => !_sinks[link.SinkId].IsKept(link.SinkName)) is > 0 and var links)
                bytes += links * pin.Values.EnumerateArray().Sum(value => (long)Emission.BytesOf(value));
        return bytes > limits.MaxExecutionBytes ? limits.TooManyBytes : null;
    }

    /// <returns>False if the portion got full before the value was everywhere it belongs: the step is taken again.</returns>
    async Task<bool> HandOnAsync(GraphLink link, JsonElement element, CancellationToken ct)
    {
        var (sink, pin, value) = (await SinkAsync(link.SinkId, ct), link.SinkName, JsonParts.Part(element));
        if (sink.IsKept(pin))
        {
            // It waits at the pin for whatever the other pins bring, now and later.
            while (await LackingAsync(sink, pin, ct) is { } waiting)
            {
                if (IsFull)
                    return false;
                Take(waiting, pin, value);
            }
            return true;
        }
        if (await LackingAsync(sink, pin, ct) is not { } target)
        {
            if (++_ordinal >= limits.MaxNodeExecutions)
                return false;
            target = new(sink, New(sink.NodeId, _ordinal), new(sink.Staying, StringComparer.Ordinal), isNew: true);
            sink.Open.Add(target.Node.Id);
            sink.Read[target.Node.Id] = target;
            _bytes += sink.DefaultBytes + sink.Staying.Values.Sum(staying => (long)staying.Text.Length);
        }
        Take(target, pin, value);
        return true;
    }

    void Take(Collecting target, string pin, JsonText value)
    {
        if (!target.Changed)
            _changed.Add(target);
        target.Take(pin, value);
        _bytes += value.Text.Length;
    }

    /// <summary>
    /// The first node execution that collects and lacks this pin. Those before it have it: a pin's values go to the first that lacks it,
    /// and start a new one only where none does.
    /// </summary>
    async Task<Collecting?> LackingAsync(Sink sink, string pin, CancellationToken ct)
    {
        if (!sink.Lacking.TryGetValue(pin, out var first))
        {
            // Where all pins stay a new one may have values that older ones lack.
            var (low, high) = (0, sink.AllStay ? 0 : sink.Open.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if ((await ReadAsync(sink, sink.Open[middle], ct)).Values.ContainsKey(pin))
                    low = middle + 1;
                else
                    high = middle;
            }
            first = low;
        }
        for (; first < sink.Open.Count; first++)
            if (await ReadAsync(sink, sink.Open[first], ct) is var collecting && !collecting.Values.ContainsKey(pin))
            {
                sink.Lacking[pin] = first;
                return sink.Read[collecting.Node.Id] = collecting;
            }
        sink.Lacking[pin] = first;
        return null;
    }

    async Task<Collecting> ReadAsync(Sink sink, string id, CancellationToken ct)
    {
        if (sink.Read.TryGetValue(id, out var read))
            return read;
        var node = await tx.Db.NodeExecutions.SingleAsync(n => n.Id == id, ct);
        return new(sink, node, JsonParts.Members(JsonText.Trusted(node.Input), "input")
            .ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal));
    }

    async Task<Sink> SinkAsync(string nodeId, CancellationToken ct)
    {
        if (_sinks.Count == 0)
            await ReadSinksAsync(ct);
        return _sinks[nodeId];
    }

    async Task ReadSinksAsync(CancellationToken ct)
    {
        var ids = emission.Pins.SelectMany(pin => pin.Links).Select(link => link.SinkId).Distinct().ToList();
        var open = await tx.Db.NodeExecutions
            .Where(n => n.GraphExecId == from.GraphExecId && n.Status == ExecutionStatus.INCOMPLETE && ids.Contains(n.NodeId))
            .OrderBy(n => n.Ordinal).Select(n => new { n.Id, n.NodeId }).ToListAsync(ct);
        var openOf = open.ToLookup(n => n.NodeId, n => n.Id, StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var pins = plan.LinkedPins(id).ToList();
            var staying = pins.Where(plan.Stays).ToList();
            _sinks[id] = new(id, [.. pins.Select(p => p.Key)], staying.ConvertAll(p => p.Key), await StayingAsync(staying, ct),
                [.. openOf[id]],
                JsonParts.Members(plan.DefaultsOf(id), "input_default").Where(m => !pins.Exists(p => p.Key == m.Key)).ToList());
        }
    }

    /// <summary>
    /// The values that wait at the staying pins of a node: the last that their sources emitted, as far as it has been handed on.
    /// </summary>
    async Task<Dictionary<string, JsonText>> StayingAsync(List<IGrouping<string, GraphLink>> pins, CancellationToken ct)
    {
        var values = new Dictionary<string, JsonText>(StringComparer.Ordinal);
        foreach (var pin in pins)
        {
            var sources = pin.Select(l => l.SourceId).ToList();
            var last = await tx.Db.NodeExecutions
                .Where(n => n.GraphExecId == from.GraphExecId && n.Status == ExecutionStatus.COMPLETED && n.Output != null
                    && sources.Contains(n.NodeId) && (n.DeliveryTurn == null || n.Id == from.Id))
                .OrderByDescending(n => n.EndedAt).ThenByDescending(n => n.Ordinal).FirstOrDefaultAsync(ct);
            if (last is not null
                && JsonParts.Member(JsonText.Trusted(last.Output!), pin.First(l => l.SourceId == last.NodeId).SourceName) is { } emitted
                && JsonParts.Items(emitted, "output") is [.., var value])
                values[pin.Key] = value;
        }
        return values;
    }

    NodeExecution New(string nodeId, int ordinal) => new()
    {
        Id = Guid.CreateVersion7(tx.Now).ToString(),
        GraphExecId = from.GraphExecId,
        UserId = from.UserId,
        AskedByKeyId = from.AskedByKeyId,
        AskedBy = from.AskedBy,
        NodeId = nodeId,
        BlockId = plan.BlockOf(nodeId).ToString(),
        Ordinal = ordinal,
        Status = ExecutionStatus.INCOMPLETE,
        Input = "{}",
        CreatedAt = tx.Now,
    };

    /// <summary>What has arrived; the whole input once that is all.</summary>
    static JsonText InputOf(Collecting changed)
    {
        var arrived = changed.Sink.Pins.Where(changed.Values.ContainsKey).Select(pin => KeyValuePair.Create(pin, changed.Values[pin]));
        return JsonParts.Compose(changed.IsComplete ? changed.Sink.Defaults.Concat(arrived) : arrived, "input", ComposedOutput.Wide);
    }

    /// <summary>Writes what has arrived; a node execution that has it all becomes ready.</summary>
    async Task SaveAsync(Collecting changed, JsonText input, CancellationToken ct)
    {
        var node = changed.Node;
        if (changed.IsNew)
        {
            node.Input = input.Text;
            node.Status = changed.IsComplete ? ExecutionStatus.QUEUED : ExecutionStatus.INCOMPLETE;
            tx.Db.Add(node);
            return;
        }
        await tx.ExecuteAsync("UPDATE node_executions SET input = @input WHERE id = @id AND status = 'INCOMPLETE'", ct,
            ("input", input.Text), ("id", node.Id));
        if (changed.IsComplete)
            await NodeMoves.MoveAsync(tx, node, NodeMove.Ready, ct);
    }

    /// <summary>A node behind the one that emitted.</summary>
    /// <param name="NodeId">The node.</param>
    /// <param name="Pins">Its linked pins, in the order of the graph.</param>
    /// <param name="StayingPins">Those at which a value stays for every later firing.</param>
    /// <param name="Staying">The values that wait at them.</param>
    /// <param name="Open">Its node executions that still collect, oldest first.</param>
    /// <param name="Defaults">Its inputs that don't come over links.</param>
    sealed record Sink(
        string NodeId, List<string> Pins, List<string> StayingPins, Dictionary<string, JsonText> Staying, List<string> Open,
            List<KeyValuePair<string, JsonText>> Defaults)
    {
        public bool AllStay => StayingPins.Count == Pins.Count;

        /// <summary>What was read of the open ones because it lacked something, and the new ones.</summary>
        public Dictionary<string, Collecting> Read { get; } = new(StringComparer.Ordinal);

        /// <summary>For a pin, where in <see cref="Open"/> to look for the first that lacks it.</summary>
        public Dictionary<string, int> Lacking { get; } = new(StringComparer.Ordinal);

        public long DefaultBytes { get; } = Defaults.Sum(m => (long)Encoding.UTF8.GetByteCount(m.Value.Text));

        /// <summary>True if a value of this pin goes to all that lack one, instead of being used up by the first.</summary>
        public bool IsKept(string pin) => !AllStay && StayingPins.Contains(pin);
    }

    sealed class Collecting(Sink sink, NodeExecution node, Dictionary<string, JsonText> values, bool isNew = false)
    {
        public Sink Sink => sink;

        public NodeExecution Node => node;

        public Dictionary<string, JsonText> Values => values;

        public bool IsNew => isNew;

        public bool IsComplete => sink.Pins.TrueForAll(values.ContainsKey);

        public bool Changed { get; private set; }

        /// <summary>How many bytes its input takes as it is stored; none of a new one.</summary>
        public int StoredBytes { get; } = isNew ? 0 : Encoding.UTF8.GetByteCount(node.Input);

        public void Take(string pin, JsonText value)
        {
            values[pin] = value;
            Changed = true;
        }
    }
}
