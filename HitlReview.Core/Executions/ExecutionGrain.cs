using System.Data.Common;
using HitlReview.Core.Actions;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace HitlReview.Core.Executions;

/// <summary>One activation per graph execution: it decides when the engine's steps run, one after another.</summary>
public interface IExecutionGrain : IGrainWithStringKey
{
    /// <summary>The execution has something to do, or was stopped.</summary>
    [OneWay]
    Task WakeAsync();
}

/// <summary>
/// Drives one execution while it can run. It keeps nothing that the database doesn't have: an activation that dies, or a second one,
/// changes nothing but the speed. While the execution runs, the sweep of <see cref="Recovery"/> keeps the activation from idling away.
/// </summary>
[Reentrant]
public sealed partial class ExecutionGrain(
    ExecutionEngine engine, Store store, IHostApplicationLifetime host, TimeProvider clock, ILogger<ExecutionGrain> log)
    : Grain, IExecutionGrain, IDisposable
{
    readonly Dictionary<string, Task> _running = [];

    // From the first word that the process is to end nothing is begun: until the silo ends it may take as long as the slowest request, and
    // what was claimed then would be cut off. What runs has its time, and its end is recorded, until the silo waits no longer.
    readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
    readonly CancellationTokenSource _shutdown = new();
    CancellationTokenSource _stop = new();
    TaskCompletionSource _woken = NewSignal();
    Task? _pump;

    /// <inheritdoc/>
    public Task WakeAsync()
    {
        _woken.TrySetResult();
        if (_pump is null or { IsCompleted: true })
            _pump = PumpAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        try
        {
            // An action that runs is left to finish as long as the process may live: cut off, its outcome would be unknown.
            await Task.WhenAll(_running.Values).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or DbException)
        {
            CutOff(log, this.GetPrimaryKeyString(), e);
        }
        await _shutdown.CancelAsync();
    }

    async Task PumpAsync()
    {
        var graphExecId = this.GetPrimaryKeyString();
        ExecutionPlan? plan = null;
        while (!_shutdown.IsCancellationRequested && (!_ending.IsCancellationRequested || _running.Count > 0))
            try
            {
                _woken = NewSignal();
                var ready = await Task.Run(() => engine.TakeUpAsync(graphExecId, _shutdown.Token));
                if (ready is null)
                {
                    if (_running.Count > 0)
                        await CancelRunningAsync();
                    if (_woken.Task.IsCompleted)
                        continue;
                    return;
                }
                plan ??= await Task.Run(() => engine.PlanAsync(graphExecId, _shutdown.Token));
                if (!_ending.IsCancellationRequested)
                    foreach (var node in ready.Where(n => !_running.ContainsKey(n.Id)))
                        _running[node.Id] = Task.Run(() => engine.RunNodeAsync(plan, node, _stop.Token, _ending.Token, _shutdown.Token));
                if (_running.Count > 0)
                    await ReapAsync(Task.WhenAny([.. _running.Values, _woken.Task]));
                else if (_ending.IsCancellationRequested)
                    return;
                else if (!await Task.Run(() => engine.RestAsync(plan, _shutdown.Token)))
                {
                    await Task.Run(() => engine.SettleLostAsync(graphExecId, _shutdown.Token));
                    await Task.WhenAny(_woken.Task, Task.Delay(ActionRun.RetryAfter, clock, _ending.Token));
                }
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                // What still runs is waited for.
            }
            catch (Exception e) when (e is DbException || store.IsTransient(e))
            {
                DatabaseFailed(log, graphExecId, e);
                await Task.Delay(ActionRun.RetryAfter, clock, _shutdown.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
            catch (Exception e)
            {
                Broke(log, graphExecId, e);
                await Task.Run(() => engine.FailExecutionAsync(graphExecId, $"An internal error ({e.GetType().Name}).", _shutdown.Token))
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
    }

    /// <summary>The execution was stopped: what runs is asked to cancel, and what becomes of it is waited for.</summary>
    async Task CancelRunningAsync()
    {
        await _stop.CancelAsync();
        await ReapAsync(Task.WhenAll(_running.Values));
        _stop = new();
    }

    /// <summary>Waits, forgets what has ended, and lets the first failure through.</summary>
    async Task ReapAsync(Task any)
    {
        await any.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Task? failed = null;
        foreach (var (id, task) in _running.Where(r => r.Value.IsCompleted).ToList())
        {
            _running.Remove(id);
            if (!task.IsCompletedSuccessfully)
                failed ??= task;
        }
        if (failed is not null)
            await failed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _ending.Dispose();
        _shutdown.Dispose();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Wakes executions through their grains.</summary>
sealed partial class GrainWaker(IGrainFactory grains, ILogger<GrainWaker> log) : IExecutionWaker
{
    public void Wake(string graphExecId) => _ = WakeAsync(graphExecId);

    async Task WakeAsync(string graphExecId)
    {
        try
        {
            await Task.Run(() => grains.GetGrain<IExecutionGrain>(graphExecId).WakeAsync());
        }
        catch (Exception e)
        {
            WakeLost(log, graphExecId, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waking {GraphExecId} failed; the next sweep wakes it")]
    static partial void WakeLost(ILogger log, string graphExecId, Exception cause);
}
