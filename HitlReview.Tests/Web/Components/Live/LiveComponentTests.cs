using Bunit;
using HitlReview.Core;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Tests.Web.Components.Live;

/// <summary>
/// What every live page and card does: listens first, reads second, takes every change once, and falls silent when it is left.
/// </summary>
public sealed class LiveComponentTests() : UiSpec(new SqliteStore())
{
    [Fact]
    public async Task A_change_during_the_first_reading_is_not_missed()
    {
        var probe = Window().Render<Probe>();

        await AskAsync("meanwhile");
        probe.Instance.Reading.SetResult();

        await probe.WaitForAssertionAsync(() => Assert.Contains("meanwhile", probe.Instance.Seen), Recorded<int>.Patience);
        Assert.Equal(1, probe.Instance.Loads);
    }

    [Fact]
    public async Task A_burst_is_drawn_in_fewer_steps_than_changes_and_completely()
    {
        var probe = Window().Render<Probe>();
        for (var i = 0; i < 300; i++)
            await AskAsync($"r{i}");

        probe.Instance.Reading.SetResult();

        await probe.WaitForAssertionAsync(() => Assert.Equal(300, probe.Instance.Seen.Count), Recorded<int>.Patience);
        Assert.InRange(probe.Instance.Batches, 1, 20);
    }

    [Fact]
    public async Task Lost_changes_are_made_up_for_by_reading_again()
    {
        var probe = Window().Render<Probe>();
        for (var i = 0; i < 1_100; i++)
            await AskAsync($"r{i}");

        probe.Instance.Reading.SetResult();

        await probe.WaitForAssertionAsync(() => Assert.Equal(2, probe.Instance.Loads), Recorded<int>.Patience);
    }

    [Fact]
    public async Task Left_it_hears_nothing_more()
    {
        var (window, other) = (Window(), Window().Render<Probe>());
        var left = window.Render<Probe>().Instance;
        left.Reading.SetResult();
        other.Instance.Reading.SetResult();

        await window.DisposeComponentsAsync();
        await AskAsync("after");

        // Who still listens has heard it; who left would have by then.
        await other.WaitForAssertionAsync(() => Assert.Equal(["after"], other.Instance.Seen), Recorded<int>.Patience);
        Assert.Empty(left.Seen);
        Assert.True(left.Left.IsCancellationRequested);
    }

    [Fact]
    public async Task Left_in_the_middle_of_reading_it_ends_without_a_fault()
    {
        var window = Window();
        var left = window.Render<Probe>().Instance;

        await window.DisposeComponentsAsync();

        Assert.True(left.Left.IsCancellationRequested);
        Assert.Null(left.Why);
    }

    [Fact]
    public async Task A_failed_reading_is_told_and_can_be_tried_again()
    {
        var probe = Window().Render<Probe>();
        probe.Instance.Reading.SetException(new InvalidOperationException("secret"));
        await probe.WaitForAssertionAsync(
            () => Assert.Contains("could not do this just now", probe.Markup, StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.DoesNotContain("secret", probe.Markup, StringComparison.Ordinal);

        probe.Instance.Reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        probe.Instance.Reading.SetResult();
        await probe.InvokeAsync(probe.Instance.TryAgainAsync);

        await probe.WaitForAssertionAsync(() => Assert.Equal("loaded", probe.Markup), Recorded<int>.Patience);
    }

    [Fact]
    public async Task A_refusal_is_told_in_its_own_words()
    {
        var probe = Window().Render<Probe>();

        probe.Instance.Reading.SetException(new RefusedException(Refusal.NotFound, "No review 'x' was found."));

        await probe.WaitForAssertionAsync(() => Assert.Equal("No review 'x' was found.", probe.Markup), Recorded<int>.Patience);
    }

    sealed class Probe : LiveComponent
    {
        public TaskCompletionSource Reading { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Seen { get; } = [];

        public int Loads { get; private set; }

        public int Batches { get; private set; }

        public string? Why => Problem;

        public CancellationToken Left { get; private set; }

        public Task TryAgainAsync() => RetryAsync();

        protected override async Task LoadAsync(CancellationToken gone)
        {
            Loads++;
            Left = gone;
            await Reading.Task.WaitAsync(gone);
        }

        protected override Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
        {
            Batches++;
            Seen.AddRange(changes.OfType<ReviewCreated>().Select(created => created.Review.NodeExecId));
            return Task.FromResult(true);
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, Problem ?? (Loaded ? "loaded" : ""));
    }
}
