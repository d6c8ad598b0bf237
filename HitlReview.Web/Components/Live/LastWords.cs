using System.Collections.Concurrent;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// What must be kept before a page is taken away because its sign-in has ended: what somebody has typed and the server hasn't got yet.
/// </summary>
public sealed partial class LastWords(ILogger<LastWords> log)
{
    readonly ConcurrentDictionary<Func<Task>, byte> _keepers = [];

    /// <summary>From now on, keeps by this.</summary>
    public void Add(Func<Task> keep) => _keepers[keep] = 0;

    /// <summary>No longer.</summary>
    public void Remove(Func<Task> keep) => _keepers.TryRemove(keep, out _);

    /// <summary>Keeps everything, or what can be kept in this time.</summary>
    public async Task KeepAsync(TimeSpan patience)
    {
        try
        {
            await Task.WhenAll(_keepers.Keys.Select(keep => keep())).WaitAsync(patience);
        }
        catch (Exception e)
        {
            // The browser is gone, or slow: what it has told so far is kept when the page is left.
            NotAllKept(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A browser did not say in time what was typed last")]
    static partial void NotAllKept(ILogger log, Exception cause);
}
