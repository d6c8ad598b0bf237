using System.Collections.Concurrent;
using HitlReview.Core.Blocks.Wait;

namespace HitlReview.Core.Executions;

/// <summary>A node execution that has something to do.</summary>
/// <param name="Id">The <c>node_exec_id</c>.</param>
/// <param name="BlockId">Its block.</param>
/// <param name="Bytes">How many bytes it has to be read with: its input or, where that is to be handed on, its output.</param>
public sealed record ReadyNode(string Id, string BlockId, int Bytes);

/// <summary>
/// Keeps what runs at once from taking all memory: the inputs of a user's running node executions take only so many bytes together,
/// those that just let time pass counted apart. What finds no room waits its turn, and keeps nobody else waiting.
/// </summary>
sealed class RunRoom
{
    // A running input costs some ten times its bytes: as text, parsed, checked, put out and composed again. One that waits costs four
    // times.
    const int Working = 8_000_000;
    const int Waiting = 16_000_000;
    const int Free = 16_000;

    readonly ConcurrentDictionary<(string UserId, bool Waits), Room> _rooms = [];

    /// <summary>Waits until there is room.</summary>
    /// <returns>To be disposed when it has ended.</returns>
    /// <exception cref="OperationCanceledException">It was given up before that.</exception>
    public async Task<IDisposable> EnterAsync(string userId, ReadyNode node, CancellationToken ct)
    {
        var waits = node.BlockId == WaitBlock.BlockId;
        var room = _rooms.GetOrAdd((userId, waits), _ => new(waits ? Waiting : Working));
        // Small ones need no turn, so that large ones that run long don't keep them.
        return await room.TakeAsync(node.Bytes <= Free ? 0 : node.Bytes, ct);
    }

    sealed class Room(int size)
    {
        readonly Lock _lock = new();
        readonly Queue<Place> _next = new();
        readonly int _size = size;
        int _left = size;

        public async Task<Place> TakeAsync(int bytes, CancellationToken ct)
        {
            var place = new Place(this, Math.Min(bytes, _size));
            if (place.Bytes == 0)
                return place;
            lock (_lock)
            {
                _next.Enqueue(place);
                LetIn();
            }
            await using (ct.Register(() => GiveUp(place, ct)))
                await place.Entered.Task;
            return place;
        }

        /// <summary>Whoever is next may need less than the one that gives up.</summary>
        void GiveUp(Place place, CancellationToken ct)
        {
            lock (_lock)
            {
                place.Entered.TrySetCanceled(ct);
                LetIn();
            }
        }

        public void Leave(int bytes)
        {
            lock (_lock)
            {
                _left += bytes;
                LetIn();
            }
        }

        void LetIn()
        {
            while (_next.TryPeek(out var place) && (place.Entered.Task.IsCompleted || place.Bytes <= _left))
                if (_next.Dequeue().Entered.TrySetResult())
                    _left -= place.Bytes;
        }
    }

    sealed class Place(Room room, int bytes) : IDisposable
    {
        public int Bytes => bytes;

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (bytes > 0)
                room.Leave(bytes);
        }
    }
}
