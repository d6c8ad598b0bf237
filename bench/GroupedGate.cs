using System.Threading.Channels;

namespace HitlReview.Bench;

/// <summary>
/// The bare gate with what a careful programmer would add under load: what waits together is committed together. Each step leaves a row in
/// the trail's table as well.
/// </summary>
sealed class GroupedGate : IAsyncDisposable
{
    const int Most = 256;
    readonly BareGate _gate;
    readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>(new() { SingleReader = true });
    readonly Task _writing;

    GroupedGate(BareGate gate)
    {
        _gate = gate;
        _writing = Task.Run(WriteAsync);
    }

    public static async Task<GroupedGate> OpenAsync(string file) => new(await BareGate.OpenAsync(file));

    /// <summary>One round trip.</summary>
    /// <returns>The payload.</returns>
    public async Task<string?> MakeAsync(Trip trip)
    {
        await DoAsync(trip, gate =>
        {
            gate.Request(trip.NodeExecId, trip.GraphExecId, Trip.Payload);
            return null;
        });
        await DoAsync(trip, gate =>
        {
            gate.Decide(trip.NodeExecId);
            return null;
        });
        return await DoAsync(trip, gate => gate.Consume(trip.NodeExecId));
    }

    Task<string?> DoAsync(Trip trip, Func<BareGate, string?> work)
    {
        var step = new Step(trip, work);
        _steps.Writer.TryWrite(step);
        return step.Done.Task;
    }

    async Task WriteAsync()
    {
        var batch = new List<Step>();
        while (await _steps.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < Most && _steps.Reader.TryRead(out var step))
                batch.Add(step);
            try
            {
                using var transaction = _gate.Begin();
                var answers = batch.ConvertAll(Work);
                transaction.Commit();
                foreach (var (step, answer) in batch.Zip(answers))
                    step.Done.SetResult(answer);
            }
            catch (Exception e)
            {
                batch.ForEach(step => step.Done.TrySetException(e));
            }
        }
    }

    string? Work(Step step)
    {
        _gate.Trail(step.Trip.NodeExecId, step.Trip.GraphExecId);
        return step.Work(_gate);
    }

    public async ValueTask DisposeAsync()
    {
        _steps.Writer.Complete();
        await _writing;
        _gate.Dispose();
    }

    sealed record Step(Trip Trip, Func<BareGate, string?> Work)
    {
        public TaskCompletionSource<string?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
