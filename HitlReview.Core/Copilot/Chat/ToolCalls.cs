using System.Text.Json;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.Extensions.AI;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>The tools as a model is told of them, and its calls of them.</summary>
sealed class ToolCalls(CopilotTools tools)
{
    const string FindBlock = "find_block";
    const string RunBlock = "run_block";
    const string ContinueRunBlock = "continue_run_block";

    /// <summary>What a model is told of them. They are declarations only: we run them ourselves.</summary>
    public static IReadOnlyList<AITool> Declarations { get; } =
    [
        Declare(FindBlock, "Finds blocks by words of their name or description; no words: all of them.",
            """{"type":"object","properties":{"query":{"type":"string","description":"Words, in English"}}}"""),
        Declare(RunBlock, "Runs a block, or asks a person first: if it changes the world outside, or if the person wants to be asked.",
            """
            {"type":"object","properties":{
              "block_id":{"type":"string","description":"The id that find_block gives"},
              "input_data":{"type":"object","description":"The whole input, by the schema that find_block gives"}},
             "required":["block_id","input_data"]}
            """),
        Declare(ContinueRunBlock, "Runs what was approved, once, where it has not run by itself.",
            """{"type":"object","properties":{"review_id":{"type":"string"}},"required":["review_id"]}"""),
    ];

    static AIFunctionDeclaration Declare(string name, string description, string schema) =>
        AIFunctionFactory.CreateDeclaration(name, description, JsonElement.Parse(schema));

    /// <summary>
    /// The arguments of a call as one text. The provider's adapter has taken them apart already; what is composed here is what is shown,
    /// asked about and run.
    /// </summary>
    /// <returns>The text, and whether it is the JSON object that the tools take.</returns>
    public static (string Text, string? Fault) TextOf(FunctionCallContent call)
    {
        if (call.Exception is not null || call.Arguments is null)
            return ("", "Its arguments are no JSON object.");
        try
        {
            return (JsonParts.Compose(call.Arguments.Select(argument => KeyValuePair.Create(argument.Key, Value(argument.Value))),
                "arguments", JsonLimits.Envelope).Text, null);
        }
        catch (RefusedException e)
        {
            return ("", e.Message);
        }
    }

    static JsonText Value(object? value) =>
        JsonText.FromElement(value is JsonElement element ? element : JsonSerializer.SerializeToElement(value), "arguments");

    /// <summary>The arguments of a call, as an adapter takes them back.</summary>
    public static Dictionary<string, object?> Arguments(string text) => text.Length == 0 ? []
        : JsonText.Trusted(text).Root.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value, StringComparer.Ordinal);

    /// <summary>Does what a model calls for. Whatever it wrote, it gets an answer that says what is wrong.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="tool">The tool, as the model named it.</param>
    /// <param name="input">The arguments.</param>
    /// <param name="fault">What is wrong with the arguments already; null for nothing.</param>
    /// <param name="of">The call.</param>
    /// <param name="ct">Gives up while nothing has been claimed.</param>
    public async Task<ToolAnswer> CallAsync(
        Caller caller, string sessionId, string tool, string input, string? fault, CallOfTurn of, CancellationToken ct)
    {
        if (fault is not null)
            return new ToolError(sessionId, $"The call can't be read. {fault}");
        var arguments = JsonText.Trusted(input);
        try
        {
            return tool switch
            {
                FindBlock => await tools.FindBlockAsync(caller, sessionId, JsonParts.Text(arguments, "query"), ct),
                RunBlock => await tools.RunBlockAsync(
                    caller, sessionId, JsonParts.Text(arguments, "block_id") ?? "", InputOf(arguments), of, null, ct),
                ContinueRunBlock => await tools.ContinueRunBlockAsync(
                    caller, sessionId, JsonParts.Text(arguments, "review_id") ?? "", of, ct),
                _ => new ToolError(sessionId,
                    $"There is no tool '{Identifiers.Shown(StorableText.Of(tool))}'; there are {FindBlock}, {RunBlock} and "
                    + $"{ContinueRunBlock}."),
            };
        }
        catch (RefusedException e) when (e.Refusal is not (Refusal.SignedOut or Refusal.NotFound))
        {
            return new ToolError(sessionId, e.Message);
        }
    }

    static JsonText InputOf(JsonText arguments) => JsonParts.Member(arguments, "input_data") is { } input
        ? JsonText.Parse(input.Text, "input_data")
        : JsonText.EmptyObject;
}
