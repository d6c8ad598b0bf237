using HitlReview.Core.Storage;

namespace HitlReview.Tests.Support;

/// <summary>Keeps the writer busy, so that all that is written meanwhile waits and is committed together afterwards.</summary>
public sealed class HeldWriter
{
    readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _held;

    /// <summary>Occupies the writer.</summary>
    public HeldWriter(CommitQueue queue) => _held = queue.WriteAsync(_ => _release.Task, CancellationToken.None);

    /// <summary>Lets go of it.</summary>
    public Task ReleaseAsync()
    {
        _release.SetResult();
        return _held;
    }
}
