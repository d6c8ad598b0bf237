using System.Diagnostics.CodeAnalysis;

namespace HitlReview.Core.Storage;

/// <summary>What waits, by owner. The owners take turns, one item each; an owner's own items keep their order.</summary>
/// <param name="share">How many items one owner gets in a round in which others wait too.</param>
/// <remarks>Not for concurrent use; only <see cref="Count"/> may be read meanwhile.</remarks>
sealed class OwnerTurns<T>(int share)
{
    readonly Dictionary<string, Turn> _owners = new(StringComparer.Ordinal);
    readonly Queue<Turn> _next = new();
    readonly Queue<Turn> _served = new();
    bool _shared;
    volatile int _count;

    /// <summary>How many items wait.</summary>
    public int Count => _count;

    /// <summary>Puts an item behind the others of its owner.</summary>
    public void Add(string owner, T item)
    {
        if (!_owners.TryGetValue(owner, out var turn))
        {
            _owners[owner] = turn = new(owner);
            _next.Enqueue(turn);
        }
        turn.Items.Enqueue(item);
        _count++;
    }

    /// <summary>Begins a round: whoever has had their share of the last may take again.</summary>
    public void BeginRound()
    {
        while (_served.TryDequeue(out var turn))
            _next.Enqueue(turn);
        foreach (var turn in _next)
            turn.Taken = 0;
        _shared = _next.Count > 1;
    }

    /// <summary>Takes the next item.</summary>
    /// <returns>False if nothing waits, or nothing that has a share left in this round.</returns>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        while (_next.TryDequeue(out var turn))
        {
            if (_shared && turn.Taken == share)
            {
                _served.Enqueue(turn);
                continue;
            }
            item = turn.Items.Dequeue();
            turn.Taken++;
            _count--;
            if (turn.Items.Count > 0)
                _next.Enqueue(turn);
            else
                _owners.Remove(turn.Owner);
            return true;
        }
        item = default;
        return false;
    }

    sealed class Turn(string owner)
    {
        public string Owner => owner;

        public Queue<T> Items { get; } = new();

        public int Taken { get; set; }
    }
}
