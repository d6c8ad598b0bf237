using System.Runtime.CompilerServices;
using System.Text;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.AI;

namespace HitlReview.Core.Copilot.Commands;

/// <summary>
/// Answers in the place of a language model: calls the tools as the commands of a person say, and puts the answers into sentences. So
/// everything in a chat works, and can be tried, without a model.
/// </summary>
public sealed class CommandClient(BlockRegistry blocks) : IChatClient
{
    const string Unknown = "No language model is set up here, so I understand only commands. Type /help to see them.";

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        if (messages.LastOrDefault() is { } last)
            yield return new(ChatRole.Assistant, [Answer(last)]);
    }

    AIContent Answer(ChatMessage last)
    {
        if (last.Role == ChatRole.Tool)
            return new TextContent(string.Join(
                "\n\n", last.Contents.OfType<FunctionResultContent>().Select(result => Say(result.Result?.ToString() ?? ""))));
        if (last.AdditionalProperties?.TryGetValue(ChatHistory.IsOutcome, out var outcome) == true)
            return new TextContent(SayOutcome((CallEnd)outcome!));
        return Command.Parse(last.Text) switch
        {
            { Name: "find" } find => Call("find_block", ("query", JsonText.Of(find.Rest, "query"))),
            { Name: "run" } run => Run(run.Rest),
            { Name: "continue", Rest.Length: > 0 } resume => Call("continue_run_block", ("review_id", JsonText.Of(resume.Rest, "review"))),
            { Name: "help" or "continue" } => new TextContent(Help()),
            { Name: var name } => new TextContent($"There is no command {AsMarkdown.Code("/" + name)}.\n\n{Help()}"),
            null => new TextContent(Unknown),
        };
    }

    AIContent Run(string rest)
    {
        var name = Command.FirstWord(rest);
        if (name.Length == 0)
            return new TextContent(Help());
        if (Command.FindBlock(blocks, name) is not { } block)
            return new TextContent($"There is no block {AsMarkdown.Code(name)}. Type /find to see all of them.");
        try
        {
            return Call(
                "run_block", ("block_id", JsonText.Of(block.Id.ToString(), "block_id")),
                ("input_data", Command.ParseInput(rest[name.Length..])));
        }
        catch (RefusedException e)
        {
            return new TextContent($"That can't be read: {AsMarkdown.Plain(e.Message)}");
        }
    }

    static FunctionCallContent Call(string tool, params IEnumerable<(string Name, JsonText Value)> arguments) => new(
        Guid.NewGuid().ToString(), tool,
        arguments.ToDictionary(argument => argument.Name, argument => (object?)argument.Value.Root, StringComparer.Ordinal));

    static string Help()
    {
        var help = new StringBuilder("| command | what it does |\n| --- | --- |\n");
        foreach (var (name, takes, does) in Command.All)
            help.Append("| `/").Append(name).Append(takes.Length > 0 ? " " : "").Append(takes).Append("` | ").Append(does).Append(" |\n");
        return help.Append("\nA value with blanks goes into quotation marks: `/run template_text template=\"Hello you\"`. ")
            .Append("Instead of fields there may be the whole input as JSON.").ToString();
    }

    static string SayOutcome(CallEnd end) => end switch
    {
        CallEnd.ran => "You approved it, and it has run. What came of it stands with the call above.",
        CallEnd.failed => "You approved it, but it failed. Why stands with the call above.",
        CallEnd.rejected => "You rejected it. Nothing has run.",
        CallEnd.cannot_run => "You approved it, but it can't run any more. Nothing has run.",
        CallEnd.unknown => "You approved it, and it was started, but HitlReview was cut off while it ran. Whether it took effect is not "
            + "known.",
        CallEnd.settled => "It is settled: it took effect.",
        CallEnd.asked_again => "It waits for your approval again. Nothing has run yet.",
        CallEnd.elsewhere => "It was decided and used elsewhere.",
        _ => "It was cancelled. Nothing has run.",
    };

    static string Say(string answer)
    {
        var said = JsonText.Trusted(answer);
        var message = AsMarkdown.Plain(Text(said, "message"));
        return Text(said, "type") switch
        {
            "block_list" => $"{message}\n\n{BlockTable(JsonParts.Items(JsonParts.Member(said, "blocks")!, "blocks"))}",
            "block_details" => $"{message}\n\n{Fields(JsonParts.Member(said, "block")!)}",
            "input_validation_error" => $"{message}\n\n{Fields(said)}",
            "review_required" => "It waits for your approval. Nothing has run yet.",
            "block_output" when JsonParts.Member(said, "outputs") is { } outputs =>
                $"{message}\n\n{AsMarkdown.Block(outputs.Text, "json")}",
            "block_output" => $"{message}\n\n{AsMarkdown.Block(Text(said, "outputs_cut"), "")}",
            _ => message,
        };
    }

    static string BlockTable(IReadOnlyList<JsonText> found)
    {
        if (found.Count == 0)
            return "";
        var table = new StringBuilder("| block | what it does | |\n| --- | --- | --- |\n");
        foreach (var block in found)
            table.Append("| ").Append(AsMarkdown.Code(Command.NameOf(Text(block, "name")))).Append(" | ")
                .Append(AsMarkdown.Plain(Text(block, "description")))
                .Append(JsonParts.Member(block, "is_sensitive_action")?.Text == "true" ? " | asks first |\n" : " | |\n");
        return table.ToString();
    }

    static string Fields(JsonText block)
    {
        if (JsonParts.Member(block, "inputs") is not { } schema || JsonParts.Member(schema, "properties") is not { } properties)
            return "";
        var required = JsonParts.Member(schema, "required") is { } names
            ? JsonParts.Items(names, "required").Select(name => name.Root.GetString()).ToHashSet() : [];
        var table = new StringBuilder("| field | what it is | |\n| --- | --- | --- |\n");
        foreach (var (name, property) in JsonParts.Members(properties, "properties"))
            table.Append("| ").Append(AsMarkdown.Code(name)).Append(" | ").Append(AsMarkdown.Plain(Text(property, "description")))
                .Append(required.Contains(name) ? " | needed |\n" : " | |\n");
        return table.ToString();
    }

    static string Text(JsonText from, string name) => JsonParts.Text(from, name) ?? "";

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
