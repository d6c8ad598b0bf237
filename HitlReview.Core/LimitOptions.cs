namespace HitlReview.Core;

/// <summary>
/// How much one user may hold of what all share; section <c>Limits</c> of the settings. An admin is a user like others here.
/// </summary>
public sealed class LimitOptions : ICheckedOptions
{
    /// <summary>The most hub connections at a time. 1 to 10,000; default 20.</summary>
    public int HubConnections { get; set; } = 20;

    /// <summary>The most requests at a time that wait for a decision (<c>?wait=</c>). 1 to 10,000; default 200.</summary>
    public int LongPolls { get; set; } = 200;

    /// <summary>
    /// The most other requests to <c>/api</c> that are answered at a time; more wait for their turn. 1 to 10,000; default 40.
    /// </summary>
    public int Requests { get; set; } = 40;

    /// <summary>The most open pages, those of a connection that was just lost included. 1 to 10,000; default 50.</summary>
    public int OpenPages { get; set; } = 50;

    /// <summary>The most reviews that wait for a decision. 1 to 10,000,000; default 10,000.</summary>
    public int WaitingReviews { get; set; } = 10_000;

    /// <summary>
    /// The most bytes that those have as payloads and instructions. 2 MB, which is more than the largest review has, to 1 TB; default 100
    /// MB, because a stop or a decision on all of them writes them in one piece, for which all others wait.
    /// </summary>
    public long WaitingBytes { get; set; } = 100_000_000;

    /// <summary>The most chat sessions, and as many again for each key. 1 to 1,000,000; default 10,000.</summary>
    public int ChatSessions { get; set; } = 10_000;

    /// <summary>
    /// The most bytes that may be said in all of a person's chats, and in all of those that a key has opened. 1 MB to 1 TB; default 500 MB.
    /// </summary>
    public long ChatBytes { get; set; } = 500_000_000;

    /// <summary>
    /// The most bytes of payloads and instructions on a page of a list, which ends early, after one row at least; of which a quarter is
    /// what a hub connection is told as its first state. 10 KB to 100 MB; default 4 MB.
    /// </summary>
    public int PageBytes { get; set; } = 4_000_000;

    /// <summary>After how long a hub connection that takes no message is closed. 1 s to 1 h; default 30 s.</summary>
    public TimeSpan UnreadAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        foreach (var (name, value, from, to) in ((string, long, long, long)[])
            [
                (nameof(HubConnections), HubConnections, 1, 10_000),
                (nameof(LongPolls), LongPolls, 1, 10_000),
                (nameof(Requests), Requests, 1, 10_000),
                (nameof(OpenPages), OpenPages, 1, 10_000),
                (nameof(WaitingReviews), WaitingReviews, 1, 10_000_000),
                (nameof(WaitingBytes), WaitingBytes, 2_000_000, 1_000_000_000_000),
                (nameof(ChatSessions), ChatSessions, 1, 1_000_000),
                (nameof(ChatBytes), ChatBytes, 1_000_000, 1_000_000_000_000),
                (nameof(PageBytes), PageBytes, 10_000, 100_000_000),
            ])
            if (value < from || value > to)
                yield return $"Limits:{name} must be between {from} and {to}; it is {value}.";
        if (UnreadAfter < TimeSpan.FromSeconds(1) || UnreadAfter > TimeSpan.FromHours(1))
            yield return $"Limits:UnreadAfter must be between 1 s and 1 h; it is {UnreadAfter}.";
    }
}
