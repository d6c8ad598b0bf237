using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Bench;

/// <summary>
/// An open inbox without a browser: the connection of its page, which takes each drawing, says so, and answers what the page asks of the
/// browser, as a wide window would.
/// </summary>
sealed partial class OpenInbox : IAsyncDisposable
{
    const int ReferenceResult = 1; // JSCallResultType.JSObjectReference

    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    readonly HubConnection _connection;
    readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _awaited = new(StringComparer.Ordinal);
    int _references, _calls;

    OpenInbox(Uri address, CookieContainer cookies)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(address, "/_blazor"), HttpTransportType.WebSockets, options =>
        {
            options.SkipNegotiation = true;
            options.Cookies = cookies;
        });
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        _connection = builder.Build();
        _connection.On<int, byte[]>("JS.RenderBatch", DrawnAsync);
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", AskedAsync);
        _connection.On<string>("JS.Error", fault => Fail(new InvalidOperationException(fault)));
        _connection.Closed += fault =>
        {
            Fail(fault ?? new InvalidOperationException("The server has closed the page."));
            return Task.CompletedTask;
        };
    }

    /// <summary>Opens the inbox of whoever the cookies are of, and waits until it can be worked in.</summary>
    public static async Task<OpenInbox> OpenAsync(HttpClient browser, CookieContainer cookies)
    {
        var address = browser.BaseAddress!;
        var html = await browser.GetStringAsync(address);
        var added = Components().Matches(html).Where(marker => marker.Value.Contains("descriptor", StringComparison.Ordinal))
            .Select((marker, i) => $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{marker.Groups[1].Value}}}""");
        var inbox = new OpenInbox(address, cookies);
        await inbox._connection.StartAsync();
        if (await inbox._connection.InvokeAsync<string?>("StartCircuit", $"{address}", $"{address}", "[]", "") is null)
            throw new InvalidOperationException("The server opens no page.");
        await inbox._connection.SendAsync(
            "UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', added)}}]}""", "");
        await inbox._open.Task.WaitAsync(s_patience);
        return inbox;
    }

    /// <summary>When a review was drawn, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public Task<long> DrawnAsync(string nodeExecId) => Awaited(nodeExecId).Task.WaitAsync(s_patience);

    /// <summary>From now on it is looked out for a review.</summary>
    public void LookOutFor(string nodeExecId) => Awaited(nodeExecId);

    TaskCompletionSource<long> Awaited(string nodeExecId) =>
        _awaited.GetOrAdd(nodeExecId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    Task DrawnAsync(int batch, byte[] drawing)
    {
        foreach (var (id, seen) in _awaited)
            if (!seen.Task.IsCompleted && drawing.AsSpan().IndexOf(Encoding.UTF8.GetBytes(id)) >= 0)
                seen.TrySetResult(Stopwatch.GetTimestamp());
        return _connection.SendAsync("OnRenderCompleted", (long)batch, null as string);
    }

    async Task AskedAsync(long call, string what, string arguments, int answer, long of, int kind)
    {
        if (call != 0)
            await _connection.SendAsync("EndInvokeJSFromDotNet", call, true, answer == ReferenceResult
                ? $$"""[{{call}},true,{"__jsObjectId":{{Interlocked.Increment(ref _references)}}}]"""
                : $"[{call},true,null]");
        // The page's own script has what it calls back with: it says how much room there is, and the inbox is open.
        if (what != "own")
            return;
        var page = JsonElement.Parse(arguments)[1].GetProperty("__dotNetObject").GetInt64();
        await TellAsync(page, "WideAsync", "[true]");
        await TellAsync(page, "ScrolledAsync", "[0,700]");
        await TellAsync(page, "AtRestAsync", "[true]");
        _open.TrySetResult();
    }

    Task TellAsync(long page, string what, string arguments) => _connection.SendAsync(
        "BeginDotNetInvokeFromJS", $"{Interlocked.Increment(ref _calls)}", null as string, what, page, arguments);

    void Fail(Exception fault)
    {
        _open.TrySetException(fault);
        foreach (var (_, seen) in _awaited)
            seen.TrySetException(fault);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->")]
    private static partial Regex Components();
}
