using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Support;

/// <summary>
/// A language model as its provider serves it: an OpenAI-compatible API on the loopback, whose answers the test has written down. It
/// remembers what it was asked with, as JSON.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = [];

    ModelServer(WebApplication app) => _app = app;

    /// <summary>For <c>Copilot:Model:Endpoint</c>.</summary>
    public string Endpoint => $"{_app.Urls.First()}/v1";

    /// <summary>What it was asked with.</summary>
    public Recorded<JsonElement> Asked { get; } = new();

    /// <summary>The keys it was asked with.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>The settings of a program that uses it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Copilot:Model:Endpoint"] = Endpoint,
        ["Copilot:Model:Name"] = "test-model",
        ["Copilot:Model:Key"] = "test-key",
    };

    /// <summary>Starts one on a free port.</summary>
    public static async Task<ModelServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new ModelServer(app);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The next answer, in whatever way it goes wrong.</summary>
    public ModelServer Then(Func<HttpContext, Task> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>The next answer is a status.</summary>
    public ModelServer ThenRefuses(int status) => Then(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("""{"error":{"message":"no","type":"test"}}""");
    });

    /// <summary>The next answer is a text, a few letters at a time.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pause">What comes between two pieces; null for nothing.</param>
    public ModelServer ThenSays(string text, Func<int, Task>? pause = null) => Then(async context =>
    {
        foreach (var (i, piece) in text.Chunk(4).Index())
        {
            await WriteAsync(context, $$"""{"content":{{JsonSerializer.Serialize(new string(piece))}}}""");
            if (pause is not null)
                await pause(i);
        }
        await EndAsync(context, "stop");
    });

    /// <summary>The next answer calls tools, the arguments in pieces.</summary>
    public ModelServer ThenCalls(params (string Tool, string Arguments)[] calls) => Then(async context =>
    {
        foreach (var (i, (tool, arguments)) in calls.Index())
        {
            await WriteAsync(context,
                $$$"""{"tool_calls":[{"index":{{{i}}},"id":"call_{{{i}}}","type":"function","function":{"name":"{{{tool}}}","arguments":""}}]}""");
            foreach (var piece in arguments.Chunk(7))
                await WriteAsync(context,
                    $$$"""{"tool_calls":[{"index":{{{i}}},"function":{"arguments":{{{JsonSerializer.Serialize(new string(piece))}}}}}]}""");
        }
        await EndAsync(context, "tool_calls");
    });

    /// <summary>One piece of an answer.</summary>
    public static async Task WriteAsync(HttpContext context, string delta, string finish = "null", string usage = "null")
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(
            $$$"""
            data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"test-model","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":{{{finish}}}}],"usage":{{{usage}}}}


            """, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    static async Task EndAsync(HttpContext context, string finish)
    {
        await WriteAsync(context, "{}", $"\"{finish}\"", """{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}""");
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        Keys.Enqueue(context.Request.Headers.Authorization.ToString());
        Asked.Add(JsonElement.Parse(await reader.ReadToEndAsync(context.RequestAborted)));
        if (_answers.TryDequeue(out var answer))
            await answer(context);
        else
            await EndAsync(context, "stop");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
