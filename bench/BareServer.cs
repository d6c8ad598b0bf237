using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HitlReview.Bench;

/// <summary>
/// A minimal API over <see cref="BareGate"/>: the three calls of the wire contract with their bodies, each a commit, one at a time. It
/// knows no keys, checks nothing, keeps no trail and tells nobody. A process of its own, as the program is.
/// </summary>
static class BareServer
{
    /// <summary>The verb under which this program becomes the bare server.</summary>
    public const string Verb = "bare-server";

    sealed record Ask(string NodeExecId, string GraphExecId, string NodeId, JsonElement Payload);

    sealed record Decisions(IReadOnlyList<Decision> Reviews);

    sealed record Decision(string NodeExecId, bool Approved);

    /// <summary>Serves until the process is ended.</summary>
    public static async Task<int> RunAsync(string file)
    {
        using var gate = await BareGate.OpenAsync(file);
        var one = new Lock();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information).AddSimpleConsole();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        await using var app = builder.Build();
        app.MapPost("/api/review/request", (Ask ask) =>
        {
            lock (one)
                gate.Request(ask.NodeExecId, ask.GraphExecId, ask.Payload.GetRawText());
            return TypedResults.Created((string?)null, new { ask.NodeExecId, ask.GraphExecId, ask.Payload, Status = "WAITING" });
        });
        app.MapPost("/api/review/action", (Decisions decisions) =>
        {
            lock (one)
                gate.Decide(decisions.Reviews[0].NodeExecId);
            return TypedResults.Ok(new { ApprovedCount = 1, RejectedCount = 0, FailedCount = 0 });
        });
        app.MapPost("/api/review/{id}/consume", (string id) =>
        {
            string payload;
            lock (one)
                payload = gate.Consume(id);
            using var parsed = JsonDocument.Parse(payload);
            return TypedResults.Ok(new { Payload = parsed.RootElement.Clone(), WasEdited = false });
        });
        await app.RunAsync();
        return 0;
    }
}
