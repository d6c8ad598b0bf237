using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace HitlReview.Tests.Support;

/// <summary>A message of the reviews hub.</summary>
/// <param name="Name">Its name, such as <c>ReviewCreated</c>.</param>
/// <param name="Body">What it carries.</param>
public sealed record HubMessage(string Name, JsonElement Body);

/// <summary>A connection to the reviews hub that keeps what it is told.</summary>
public sealed class HubListener : IAsyncDisposable
{
    static readonly string[] Names = ["State", "ReviewCreated", "ReviewDecided", "ReviewsCancelled", "ExecutionChanged"];
    readonly Recorded<string> _cursors = new();
    readonly Recorded<HubMessage> _messages = new();

    HubListener(HubConnection connection)
    {
        Connection = connection;
        foreach (var name in Names)
            connection.On<JsonElement>(name, body => _messages.Add(new(name, body)));
        connection.On<string>("Cursor", _cursors.Add);
    }

    /// <summary>The connection.</summary>
    public HubConnection Connection { get; }

    /// <summary>What was told so far, in order.</summary>
    public IReadOnlyList<HubMessage> Messages => _messages.All;

    /// <summary>Waits until it was told so many places, and gives the last.</summary>
    public async Task<string> WaitForCursorAsync(int times) =>
        (await _cursors.WaitAsync(_ => true, times, "place told by the hub"))[times - 1];

    /// <summary>Connects with the person's API key, and waits for the first message: the present state.</summary>
    public static Task<HubListener> OpenAsync(Uri hub, Person person) => OpenAsync(hub, person.Key);

    /// <summary>Connects with an API key, and waits for the first message.</summary>
    public static async Task<HubListener> OpenAsync(Uri hub, string key)
    {
        var listener = await ConnectAsync(hub, key);
        await listener.WaitForAsync("State");
        return listener;
    }

    /// <summary>Connects with an API key.</summary>
    public static async Task<HubListener> ConnectAsync(Uri hub, string key)
    {
        var listener = new HubListener(new HubConnectionBuilder()
            .WithUrl(hub, options => options.AccessTokenProvider = () => Task.FromResult<string?>(key)).Build());
        await listener.Connection.StartAsync(TestContext.Current.CancellationToken);
        return listener;
    }

    /// <summary>Waits for messages of a name, and gives the last one's body.</summary>
    /// <param name="name">The name.</param>
    /// <param name="which">Which of them; all, if not given.</param>
    /// <param name="times">How many of them at least.</param>
    public async Task<JsonElement> WaitForAsync(string name, Func<JsonElement, bool>? which = null, int times = 1) =>
        (await _messages.WaitAsync(m => m.Name == name && (which is null || which(m.Body)), times, $"message {name} of the hub"))[^1].Body;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
