using System.ClientModel;
using System.ClientModel.Primitives;
using HitlReview.Core.Copilot.Commands;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>Who answers in the chats: the language model of the settings, or where there is none what understands commands.</summary>
public sealed class Assistant : IDisposable
{
    // The provider's own client would try again by itself, and longer than a turn may take.
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Whoever the settings name.</summary>
    public Assistant(IOptions<CopilotOptions> options, CommandClient commands)
    {
        var model = options.Value.Model;
        (Client, ModelName) = string.IsNullOrEmpty(model.Endpoint) ? ((IChatClient)commands, null) : (Connect(model), model.Name);
    }

    /// <summary>Another model than those of the settings; for tests.</summary>
    internal Assistant(IChatClient client, string modelName) => (Client, ModelName) = (client, modelName);

    /// <summary>Asks it.</summary>
    internal IChatClient Client { get; }

    /// <summary>The model, as its provider calls it; null where there is none, and commands are understood instead.</summary>
    public string? ModelName { get; }

    static IChatClient Connect(ModelOptions model) =>
        // A server that asks for no key takes any.
        new OpenAIClient(new ApiKeyCredential(string.IsNullOrEmpty(model.Key) ? "none" : model.Key), new OpenAIClientOptions
        {
            Endpoint = new(model.Endpoint!),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = s_patience,
        }).GetChatClient(model.Name).AsIChatClient();

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();
}
