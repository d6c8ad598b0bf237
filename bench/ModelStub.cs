using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HitlReview.Bench;

/// <summary>A language model's provider, and beside it the world in which actions have their effect; both on the loopback.</summary>
sealed class ModelStub : IAsyncDisposable
{
    readonly WebApplication _app;

    ModelStub(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Answers what a chat's last message says.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Told when something has its effect.</summary>
    public Action<string> Hit { get; set; } = _ => { };

    public static async Task<ModelStub> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var stub = new ModelStub(app);
        app.Run(stub.HandleAsync);
        await app.StartAsync();
        return stub;
    }

    async Task HandleAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/v1"))
        {
            Hit(context.Request.Path);
            await context.Response.WriteAsync("{}");
            return;
        }
        using var asked = await JsonDocument.ParseAsync(context.Request.Body);
        var last = asked.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        context.Response.ContentType = "text/event-stream";
        await Answer(context, last.ValueKind == JsonValueKind.String ? last.GetString()! : last.GetRawText());
        await WriteAsync(context, "{}", "\"stop\"");
        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    /// <summary>Writes a piece of an answer.</summary>
    public static async Task WriteAsync(HttpContext context, string delta, string finish = "null")
    {
        await context.Response.WriteAsync(
            $$$"""data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":{{{finish}}}}]}"""
            + "\n\n");
        await context.Response.Body.FlushAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
