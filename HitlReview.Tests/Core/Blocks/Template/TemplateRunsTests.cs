using HitlReview.Core.Blocks.Template;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core.Blocks.Template;

/// <summary>Templates run on few threads of their own, and nobody waits for one that doesn't end.</summary>
public sealed class TemplateRunsTests : IDisposable
{
    readonly FakeTimeProvider _clock = new();
    readonly ManualResetEventSlim _release = new();
    readonly SemaphoreSlim _started = new(0);
    readonly TemplateRuns _runs;

    public TemplateRunsTests() => _runs = new(2, 1, _clock);

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _started.Dispose();
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Something that doesn't listen when it is asked to end.</summary>
    Task<int> Stubborn(string owner, CancellationToken ct) => _runs.RunAsync(owner, _ =>
    {
        _started.Release();
        _release.Wait(Ct);
        return 1;
    }, ct);

    [Fact]
    public async Task The_caller_is_answered_at_the_end_of_the_time_although_the_work_goes_on()
    {
        var run = Stubborn("ann", Ct);
        await _started.WaitAsync(Ct);

        _clock.Advance(TemplateRuns.MaxTime);

        Assert.Equal("it takes longer than 5 s", (await Assert.ThrowsAsync<TemplateLimitException>(() => run)).Message);
        Assert.Equal(1, _runs.Running);
    }

    [Fact]
    public async Task The_caller_is_answered_at_a_stop_although_the_work_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var run = Stubborn("ann", stop.Token);
        await _started.WaitAsync(Ct);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(1, _runs.Running);
    }

    [Fact]
    public async Task What_nobody_waits_for_keeps_its_place_until_it_ends()
    {
        var abandoned = Stubborn("ann", Ct);
        await _started.WaitAsync(Ct);
        _clock.Advance(TemplateRuns.MaxTime);
        await Assert.ThrowsAsync<TemplateLimitException>(() => abandoned);
        var next = _runs.RunAsync("ann", _ => 2, Ct);

        Assert.False(next.IsCompleted);
        _release.Set();

        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task One_person_does_not_take_the_turns_of_another()
    {
        var first = Stubborn("ann", Ct);
        await _started.WaitAsync(Ct);
        var queued = Enumerable.Range(0, 50).Select(_ => _runs.RunAsync("ann", _ => 1, Ct)).ToList();

        Assert.Equal(2, await _runs.RunAsync("ben", _ => 2, Ct));

        Assert.DoesNotContain(queued, run => run.IsCompleted);
        _release.Set();
        await Task.WhenAll([first, .. queued]);
    }

    [Fact]
    public async Task No_more_run_than_may()
    {
        var runs = new[] { "ann", "ben", "cat", "dan" }.Select(owner => Stubborn(owner, Ct)).ToList();
        await _started.WaitAsync(Ct);
        await _started.WaitAsync(Ct);

        Assert.Equal(2, _runs.Running);
        Assert.Equal(0, _started.CurrentCount);
        _release.Set();
        await Task.WhenAll(runs);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_for_a_turn()
    {
        using var stop = new CancellationTokenSource();
        var first = Stubborn("ann", Ct);
        await _started.WaitAsync(Ct);
        var second = _runs.RunAsync<int>("ann", _ => throw new InvalidOperationException("It must not start."), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _release.Set();
        Assert.Equal(1, await first);
        Assert.Equal(3, await _runs.RunAsync("ann", _ => 3, Ct));
    }

    [Fact]
    public async Task The_work_is_told_when_its_time_is_over()
    {
        var told = new TaskCompletionSource();
        var run = _runs.RunAsync("ann", ct =>
        {
            using var over = ct.Register(told.SetResult);
            _started.Release();
            _release.Wait(Ct);
            return 1;
        }, Ct);
        await _started.WaitAsync(Ct);

        _clock.Advance(TemplateRuns.MaxTime);

        await told.Task;
        await Assert.ThrowsAsync<TemplateLimitException>(() => run);
    }

    [Fact]
    public async Task What_it_throws_reaches_the_caller_and_gives_its_place_free()
    {
        var thrown = await Assert.ThrowsAsync<FormatException>(() => _runs.RunAsync<int>("ann", _ => throw new FormatException("no"), Ct));

        Assert.Equal("no", thrown.Message);
        Assert.Equal(2, await _runs.RunAsync("ann", _ => 2, Ct));
    }
}
