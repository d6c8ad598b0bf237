namespace HitlReview.Core.Copilot.Chat;

/// <summary>
/// Where the language model is; section <c>Copilot:Model</c> of the settings. Without an endpoint the chat takes commands.
/// </summary>
public sealed class ModelOptions
{
    /// <summary>The address of an OpenAI-compatible API, such as <c>https://api.openai.com/v1</c> or Ollama's; not set: no model.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The model, as its provider calls it.</summary>
    public string? Name { get; set; }

    /// <summary>The provider's key; not set where it asks for none. Better in the environment: <c>Copilot__Model__Key</c>.</summary>
    public string? Key { get; set; }

    /// <summary>What a million tokens that go in cost, in whatever money <see cref="CopilotOptions.MoneyPerDay"/> is; default 0.</summary>
    public decimal InputPrice { get; set; }

    /// <summary>What a million tokens that come out cost; default 0.</summary>
    public decimal OutputPrice { get; set; }
}

/// <summary>The assistant of the chats; section <c>Copilot</c> of the settings.</summary>
public sealed class CopilotOptions : ICheckedOptions
{
    /// <summary>The language model.</summary>
    public ModelOptions Model { get; set; } = new();

    /// <summary>How often the model is asked in one turn, the last time without tools. 1 to 100; default 20.</summary>
    public int Rounds { get; set; } = 20;

    /// <summary>How long a turn may take, actions that run in it included. 5 s to 1 h; default 10 min.</summary>
    public TimeSpan TurnTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many turns of one user are answered at a time; more wait. 1 to 100; default 5.</summary>
    public int TurnsAtOnce { get; set; } = 5;

    /// <summary>How much of a chat the model is told, in characters: the latest of it. 10,000 to 10,000,000; default 200,000.</summary>
    public int History { get; set; } = 200_000;

    /// <summary>How many tokens a user's chats may take in a day (UTC), those that go in and those that come out; 0 for no end. Default
    /// 2,000,000.</summary>
    public long TokensPerDay { get; set; } = 2_000_000;

    /// <summary>How much money they may take, by the prices of <see cref="ModelOptions"/>; 0 for no end, the default.</summary>
    public decimal MoneyPerDay { get; set; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Rounds is < 1 or > 100)
            yield return $"Copilot:Rounds must be between 1 and 100; it is {Rounds}.";
        if (TurnTime < TimeSpan.FromSeconds(5) || TurnTime > TimeSpan.FromHours(1))
            yield return $"Copilot:TurnTime must be between 5 s and 1 h; it is {TurnTime}.";
        if (TurnsAtOnce is < 1 or > 100)
            yield return $"Copilot:TurnsAtOnce must be between 1 and 100; it is {TurnsAtOnce}.";
        if (History is < 10_000 or > 10_000_000)
            yield return $"Copilot:History must be between 10,000 and 10,000,000; it is {History}.";
        if (TokensPerDay < 0)
            yield return $"Copilot:TokensPerDay must not be negative; it is {TokensPerDay}.";
        if (MoneyPerDay < 0)
            yield return $"Copilot:MoneyPerDay must not be negative; it is {MoneyPerDay}.";
        if (Model.InputPrice < 0 || Model.OutputPrice < 0)
            yield return "Copilot:Model:InputPrice and OutputPrice must not be negative.";
        if (MoneyPerDay > 0 && Model is { InputPrice: 0, OutputPrice: 0 })
            yield return "Copilot:MoneyPerDay needs Copilot:Model:InputPrice and OutputPrice, or nothing ever counts.";
        if (string.IsNullOrEmpty(Model.Endpoint))
        {
            if (!string.IsNullOrEmpty(Model.Name) || !string.IsNullOrEmpty(Model.Key))
                yield return "Copilot:Model:Endpoint is missing, although Copilot:Model:Name or Key is set.";
            yield break;
        }
        if (!Uri.TryCreate(Model.Endpoint, UriKind.Absolute, out var endpoint)
            || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
            yield return $"Copilot:Model:Endpoint must be an http or https address; it is '{Model.Endpoint}'.";
        if (string.IsNullOrWhiteSpace(Model.Name))
            yield return "Copilot:Model:Name is missing: the model, as its provider calls it.";
    }
}
