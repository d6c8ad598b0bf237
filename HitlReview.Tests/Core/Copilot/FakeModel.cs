using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HitlReview.Tests.Support;
using Microsoft.Extensions.AI;

namespace HitlReview.Tests.Core.Copilot;

/// <summary>A language model whose answers are written down beforehand. It remembers what it was asked with.</summary>
sealed class FakeModel : IChatClient
{
    readonly ConcurrentQueue<Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>> _answers = [];

    /// <summary>What it was asked with, each time all of it.</summary>
    public Recorded<IReadOnlyList<ChatMessage>> Asked { get; } = new();

    /// <summary>The next answer.</summary>
    public FakeModel Then(params AIContent[] contents) =>
        Then(ct => Stream([.. contents.Select(c => new ChatResponseUpdate(ChatRole.Assistant, [c]))], ct));

    /// <summary>The next answer, in whatever way it comes.</summary>
    public FakeModel Then(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    /// <summary>The next time it fails.</summary>
    public FakeModel ThenThrows(Exception fault) => Then(_ => throw fault);

    /// <summary>A text, as a model would write it: in pieces.</summary>
    public FakeModel ThenSays(string text) => Then([.. text.Chunk(5).Select(piece => new TextContent(new string(piece)))]);

    /// <summary>A call of a tool.</summary>
    public static FunctionCallContent Call(string tool, string arguments) => new(
        Guid.NewGuid().ToString(), tool,
        JsonElement.Parse(arguments).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value));

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Asked.Add([.. messages]);
        return _answers.TryDequeue(out var answer) ? answer(cancellationToken)
            : Stream([new(ChatRole.Assistant, "Nothing more to say.")], cancellationToken);
    }

    static async IAsyncEnumerable<ChatResponseUpdate> Stream(
        IReadOnlyList<ChatResponseUpdate> updates, [EnumeratorCancellation] CancellationToken ct = default)
    {
        foreach (var update in updates)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    /// <summary>Text that comes, and then nothing more until the test is done with it.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> SaysAndWaits(
        string text, Task until, [EnumeratorCancellation] CancellationToken ct = default)
    {
        yield return new(ChatRole.Assistant, text);
        await until.WaitAsync(ct);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
