using System.Security.Claims;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// The connection of a browser for a page. It has a sign-in and the place of a page from its first moment on, not only once it shows one:
/// a program could otherwise connect now and have its pages later, when neither is looked at any more.
/// </summary>
sealed class PageConnection
{
    static readonly AsyncLocal<PageConnection?> s_current = new();

    readonly Lock _lock = new();
    readonly LiveSignIn _signIn;
    readonly CancellationTokenRegistration _end;
    IDisposable? _place;
    bool _isClosed;

    PageConnection(HubCallerContext connection, IDisposable place, LiveSignIn signIn)
    {
        (User, _place, _signIn) = (connection.User!, place, signIn);
        // A page says why it ends.
        _end = signIn.Ended.Register(() =>
        {
            if (HasNoPage)
                connection.Abort();
        });
    }

    /// <summary>The connection on which a circuit is called; null where none is.</summary>
    public static PageConnection? Current => s_current.Value;

    /// <summary>Whose it is.</summary>
    public ClaimsPrincipal User { get; }

    bool HasNoPage
    {
        get
        {
            lock (_lock)
                return _place is not null;
        }
    }

    /// <summary>Hands its place over to a page.</summary>
    /// <returns>Null where it has none: it is closed, or has a page already.</returns>
    public IDisposable? TakePlace()
    {
        lock (_lock)
        {
            var place = _place;
            _place = null;
            return place;
        }
    }

    /// <summary>Takes the place back from a page that has been left.</summary>
    public void GiveBack(IDisposable place)
    {
        lock (_lock)
            if (_isClosed || _place is not null)
                place.Dispose();
            else
                _place = place;
    }

    void Close()
    {
        _signIn.Dispose();
        // A page that is cut off remembers its connection, and must not keep all of it.
        _end.Unregister();
        lock (_lock)
        {
            _isClosed = true;
            _place?.Dispose();
            _place = null;
        }
    }

    /// <summary>Counts and follows each connection, and tells the circuit on which one it is called.</summary>
    public sealed class Filter(Quotas quotas, LiveSignIns signIns) : IHubFilter
    {
        /// <inheritdoc/>
        public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
        {
            var connection = context.Context;
            // Most are told so before (PageQuota); this is for those that were let in at the same moment.
            if (Callers.IdOf(connection.User!) is not { } userId || quotas.OpenPages.TryTake(userId, PageQuota.HardEnd) is not { } place)
            {
                connection.Abort();
                return;
            }
            connection.Items[typeof(PageConnection)] = new PageConnection(connection, place, signIns.Follow(connection.User!));
            await next(context);
        }

        /// <inheritdoc/>
        public async ValueTask<object?> InvokeMethodAsync(
            HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            // What it had sent before it was refused.
            if (Of(invocationContext.Context) is not { } connection)
                return null;
            s_current.Value = connection;
            return await next(invocationContext);
        }

        /// <inheritdoc/>
        public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
        {
            Of(context.Context)?.Close();
            return next(context, exception);
        }

        static PageConnection? Of(HubCallerContext connection) =>
            connection.Items.TryGetValue(typeof(PageConnection), out var it) ? it as PageConnection : null;
    }
}
