using System.Globalization;

namespace HitlReview.Core.Blocks.Template;

/// <summary>
/// Threads of their own for templates: few at a time, so that they never hold those that answer requests, and not all of them for one
/// person. The stack of each is deep enough for the longest template there can be, since parsing and rendering go down it with each level
/// of a template and a stack that overflows ends the process.
/// </summary>
/// <param name="atOnce">How many may run.</param>
/// <param name="perOwner">How many of those may be of one owner.</param>
/// <param name="clock">Measures their time.</param>
sealed class TemplateRuns(int atOnce, int perOwner, TimeProvider clock)
{
    /// <summary>How long one may take, without its wait for a turn.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    const int StackBytes = 128 * 1024 * 1024; // 3 KB a level, a level every 2 characters, and as much again

    readonly Lock _lock = new();
    readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    readonly List<Turn> _waiting = [];

    /// <summary>How many run at this moment, those that nobody waits for any more included.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running.Values.Sum();
        }
    }

    /// <summary>
    /// Runs something when its turn comes. The caller has its answer at the end of the time or at a stop, also if the work has not ended by
    /// then; it keeps its place until it has.
    /// </summary>
    /// <param name="owner">On whose behalf.</param>
    /// <param name="work">What to run; its token asks it to end.</param>
    /// <param name="ct">Stops it, and the wait for it.</param>
    /// <exception cref="TemplateLimitException">Its time is over.</exception>
    public async Task<T> RunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken ct)
    {
        await TurnAsync(owner, ct);
        var time = new CancellationTokenSource(MaxTime, clock);
        var either = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        var end = either.Token;
        var run = OnDeepStack(() => work(end));
        _ = run.ContinueWith(ended =>
        {
            _ = ended.Exception; // nobody may be there to look at it
            End(owner);
            either.Dispose();
            time.Dispose();
        }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            return await run.WaitAsync(end);
        }
        catch (OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw new TemplateLimitException(string.Create(CultureInfo.InvariantCulture, $"it takes longer than {MaxTime.TotalSeconds} s"));
        }
    }

    async Task TurnAsync(string owner, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var turn = new Turn(owner);
        lock (_lock)
        {
            _waiting.Add(turn);
            GiveTurns();
        }
        await using var stop = ct.Register(() =>
        {
            lock (_lock)
                if (!_waiting.Remove(turn))
                    return;
            turn.Come.SetCanceled(ct);
        });
        await turn.Come.Task;
    }

    void End(string owner)
    {
        lock (_lock)
        {
            if (--_running[owner] == 0)
                _running.Remove(owner);
            GiveTurns();
        }
    }

    // In the order of their coming, but past those whose owner has all that one owner may have.
    void GiveTurns()
    {
        var running = _running.Values.Sum();
        for (var i = 0; i < _waiting.Count && running < atOnce;)
        {
            var turn = _waiting[i];
            var own = _running.GetValueOrDefault(turn.Owner);
            if (own >= perOwner)
            {
                i++;
                continue;
            }
            _running[turn.Owner] = own + 1;
            running++;
            _waiting.RemoveAt(i);
            turn.Come.SetResult();
        }
    }

    static Task<T> OnDeepStack<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            new Thread(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            }, StackBytes)
            { IsBackground = true, Name = "template" }.Start();
        }
        catch (Exception e)
        {
            done.SetException(e); // there is no memory for a thread
        }
        return done.Task;
    }

    sealed class Turn(string owner)
    {
        public string Owner => owner;

        public TaskCompletionSource Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
