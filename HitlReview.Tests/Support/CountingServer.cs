using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Support;

/// <summary>A request that reached the server.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path and query.</param>
/// <param name="Headers">Its headers, names in lower case.</param>
/// <param name="Bytes">Its body, byte for byte.</param>
public sealed record Hit(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    /// <summary>Its body, as text.</summary>
    public string Body => Encoding.UTF8.GetString(Bytes);
}

/// <summary>The world outside: a real HTTP server that counts what reaches it.</summary>
public sealed class CountingServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly Recorded<Hit> _hits = new();

    CountingServer(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => _app.Urls.First();

    /// <summary>All that has reached it, in order.</summary>
    public IReadOnlyList<Hit> Hits => _hits.All;

    /// <summary>What happens to a request after it was counted; it answers <c>{"ok":true}</c> unless a test says otherwise.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsJsonAsync(new { ok = true });

    /// <summary>Starts one on a free port.</summary>
    public static async Task<CountingServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new CountingServer(app);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Counts a request and then cuts its connection.</summary>
    public static Task Drop(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>From now on requests are counted, but not answered before the result is called.</summary>
    public Action Hold()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = Answer;
        Answer = async context =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            await answer(context);
        };
        return () => release.TrySetResult();
    }

    /// <summary>Waits until so many requests have reached it.</summary>
    public async Task<Hit> WaitForHitAsync(int times = 1) =>
        (await _hits.WaitAsync(_ => true, times, "a request to the counting server"))[^1];

    async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _hits.Add(new(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            body.ToArray()));
        await Answer(context);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
