using HitlReview.Core;
using HitlReview.Core.Events;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// A component that shows the present state and the changes after it. It listens first and reads second, so that nothing falls in
/// between; where the feed lost changes it reads again; leaving the page is unsubscribing. It never polls.
/// </summary>
public abstract partial class LiveComponent : ComponentBase, IAsyncDisposable
{
    const int MaxBatch = 200;
    readonly CancellationTokenSource _gone = new();
    Task _listening = Task.CompletedTask;

    [Inject]
    ChangeFeeds Events { get; set; } = null!;

    [Inject]
    ILogger<LiveComponent> Log { get; set; } = null!;

    /// <summary>Who is there.</summary>
    [CascadingParameter]
    protected Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>Who looks at the page. Set before <see cref="LoadAsync"/>.</summary>
    protected Caller Caller { get; private set; } = null!;

    /// <summary>Cancelled when the component is left.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>A component that is there from now on.</summary>
    protected LiveComponent() => Gone = _gone.Token;

    /// <summary>Why nothing, or nothing current, can be shown, in words for the person; null if all is well.</summary>
    protected string? Problem { get; private set; }

    /// <summary>True if what was to be shown isn't there, or not for this person: to try again is of no use.</summary>
    protected bool IsMissing { get; private set; }

    /// <summary>True once the present state has been read.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>True for the changes of all users; for admins' pages.</summary>
    protected virtual bool ListensToAll => false;

    /// <summary>Reads the present state.</summary>
    protected abstract Task LoadAsync(CancellationToken gone);

    /// <summary>Takes changes in, by key, in their order: all that came since the last time, so that a burst is drawn once.</summary>
    /// <returns>False if they change nothing that is shown.</returns>
    protected abstract Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone);

    protected override void OnInitialized()
    {
        // A page that is drawn on the server before the browser is connected only reserves its place.
        if (RendererInfo.IsInteractive)
            _listening = ListenAsync();
    }

    /// <summary>Reads the present state anew because the component was given something else to show.</summary>
    protected async Task ReloadAsync()
    {
        try
        {
            await LoadAsync(Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Problem = Words(e);
        }
    }

    /// <summary>Starts over, after a problem.</summary>
    protected async Task RetryAsync()
    {
        if (Problem is null)
            return;
        Problem = null;
        await _listening;
        _listening = ListenAsync();
    }

    async Task ListenAsync()
    {
        try
        {
            Caller = Callers.CallerOf((await Authentication).User, Surface.Ui);
            using var feed = ListensToAll ? Events.OpenAll() : Events.Open(Caller.UserId);
            await LoadAsync(Gone);
            Loaded = true;
            StateHasChanged();
            await using var changes = feed.ReadAsync(Gone).GetAsyncEnumerator(Gone);
            var next = changes.MoveNextAsync().AsTask();
            while (await next)
            {
                var batch = new List<Change>();
                do
                {
                    batch.Add(changes.Current);
                    next = changes.MoveNextAsync().AsTask();
                }
                while (next.IsCompletedSuccessfully && await next && batch.Count < MaxBatch);
                if (await TakeAsync(batch))
                    StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            (Problem, IsMissing) = (Words(e), e is RefusedException { Refusal: Refusal.NotFound });
            StateHasChanged();
        }
    }

    async Task<bool> TakeAsync(List<Change> batch)
    {
        if (!batch.Exists(change => change is ChangesLost))
            return await ApplyAsync(batch, Gone);
        await LoadAsync(Gone);
        return true;
    }

    /// <summary>
    /// What a failure is called on the page. Only a refusal's own words were written for the person; all else goes to the log.
    /// </summary>
    protected string Words(Exception e)
    {
        if (e is RefusedException refused)
            return refused.Message;
        Note(e);
        return Texts.ServerCouldNot;
    }

    /// <summary>Logs a failure that the page can go on without; not that it was left meanwhile.</summary>
    protected void Note(Exception e)
    {
        if (!Gone.IsCancellationRequested)
            ReadFailed(Log, GetType().Name, e);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _listening;
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }
}
