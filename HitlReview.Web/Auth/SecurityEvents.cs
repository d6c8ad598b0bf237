using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;

namespace HitlReview.Web.Auth;

/// <summary>
/// What may be an attack, in the trail and thereby in the log: failed sign-ins, keys that don't work, what was refused or came too fast.
/// The first of a kind is written at once; what follows within a minute is counted and written as one. So no flood of them becomes a flood
/// of writes: of each event at most <see cref="MaxKinds"/> kinds a minute are told apart, whatever is sent; and as many again where it is
/// about an account that is here, so that no noise hides who is being attacked.
/// </summary>
/// <remarks>The address that somebody typed isn't kept: it may be a person's, a password put in the wrong field, or an insult.</remarks>
sealed partial class SecurityEvents(CommitQueue queue, TimeProvider clock, ILogger<SecurityEvents> log) : BackgroundService
{
    /// <summary>How many kinds (source, account and what) of an event are told apart within a minute; the rest is one kind.</summary>
    public const int MaxKinds = 50;

    static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    readonly Channel<AuditEntry> _waiting = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(40 * MaxKinds) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly Dictionary<Kind, int> _more = [];
    readonly Lock _lock = new();
    DateTimeOffset _until;

    /// <summary>Something happened.</summary>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="source">Where the request came from.</param>
    /// <param name="userId">The account that it is about or by; null for none.</param>
    /// <param name="what">What exactly, of a handful of possibilities; never what somebody typed.</param>
    /// <param name="first">What else is worth knowing of the first of a kind; null for nothing.</param>
    public void Report(string action, string source, string? userId, string what, string? first = null)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            Close(now);
            var kind = new Kind(action, userId, what, source);
            if (!_more.ContainsKey(kind) && _more.Keys.Count(k => k.Action == action && k.UserId is null == userId is null) >= MaxKinds)
                kind = new(action, null, "of many kinds", "many addresses");
            if (_more.TryAdd(kind, 0))
                _waiting.Writer.TryWrite(kind.ToEntry(first));
            else
                _more[kind]++;
            if (_until <= now)
                _until = now + s_window;
        }
    }

    /// <summary>What can be said of an address that nobody here has, so that tries with the same one can be told to be the same.</summary>
    public static string Pseudonym(string email) =>
        $"address #{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().ToUpperInvariant())))[..8]}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(_waiting.Reader.WaitToReadAsync(woken.Token).AsTask(), Task.Delay(s_window, clock, woken.Token));
            await woken.CancelAsync();
            await WriteAsync(clock.GetUtcNow());
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(DateTimeOffset.MaxValue);
    }

    async Task WriteAsync(DateTimeOffset now)
    {
        lock (_lock)
            Close(now);
        var entries = new List<AuditEntry>();
        while (_waiting.Reader.TryRead(out var entry))
            entries.Add(entry);
        if (entries.Count == 0)
            return;
        try
        {
            await queue.WriteAsync(tx =>
            {
                foreach (var entry in entries)
                    tx.Record(entry);
                return Task.CompletedTask;
            }, CancellationToken.None);
        }
        catch (Exception e)
        {
            // Whoever attacks must not stop the program by it.
            Lost(log, entries.Count, e);
        }
    }

    /// <summary>Ends the minute if it is over: what was only counted becomes one event per kind.</summary>
    void Close(DateTimeOffset now)
    {
        if (_more.Count == 0 || now < _until)
            return;
        foreach (var (kind, more) in _more)
            if (more > 0)
                _waiting.Writer.TryWrite(kind.ToEntry($"{more} more within a minute"));
        _more.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} security events could not be written to the trail")]
    static partial void Lost(ILogger log, int count, Exception cause);

    sealed record Kind(string Action, string? UserId, string What, string Source)
    {
        public AuditEntry ToEntry(string? more) =>
            new(Action, null, Surface.Engine) { OwnerId = UserId, Detail = $"{What}, from {Source}" + (more is null ? "" : $": {more}") };
    }
}
