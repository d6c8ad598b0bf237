using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Copilot.Commands;

/// <summary>A way in which a command can go on.</summary>
/// <param name="Text">The whole of what is typed, if it is taken.</param>
/// <param name="Label">What it is called.</param>
/// <param name="Hint">What it is.</param>
public sealed record Completion(string Text, string Label, string Hint)
{
    /// <summary>The most that are offered.</summary>
    const int Most = 12;

    /// <summary>
    /// How a command can go on: with its name, a block, a field of that block, or one of the values that the field may have.
    /// </summary>
    /// <param name="text">What is typed so far.</param>
    /// <param name="blocks">The blocks there are.</param>
    public static IReadOnlyList<Completion> Of(string text, BlockRegistry blocks)
    {
        if (text is not ['/', ..] || text.Contains('\n', StringComparison.Ordinal))
            return [];
        var words = text.Split(' ');
        if (words.Length == 1)
            return [.. Command.All.Where(c => c.Name.StartsWith(text[1..], StringComparison.OrdinalIgnoreCase))
                .Select(c => new Completion($"/{c.Name}{(c.Takes.Length > 0 ? " " : "")}", $"/{c.Name} {c.Takes}".TrimEnd(), c.Does))];
        if (words[0] != "/run")
            return [];
        if (words.Length == 2)
            return [.. blocks.All.Where(b => !b.IsGraphOnly && Command.NameOf(b).Contains(words[1], StringComparison.OrdinalIgnoreCase))
                .Take(Most).Select(b => new Completion($"/run {Command.NameOf(b)} ", Command.NameOf(b), b.Description))];
        return Command.FindBlock(blocks, words[1]) is { } block && JsonParts.Member(block.InputSchema.Text, "properties") is { } properties
            ? Fields(text, words, block, properties) : [];
    }

    static IReadOnlyList<Completion> Fields(string text, string[] words, Block block, JsonText properties)
    {
        var last = words[^1];
        var before = text[..^last.Length];
        // Within a value that has blanks nothing is to be completed.
        if (before.Count(c => c == '"') % 2 == 1 || last.StartsWith('{'))
            return [];
        if (last.Split('=') is [var name, var begun])
            return JsonParts.Member(properties, name) is { } property
                ? [.. Values(property).Where(value => value.StartsWith(begun, StringComparison.OrdinalIgnoreCase) && value != begun)
                    .Take(Most).Select(value => new Completion($"{before}{name}={value} ", value, ""))]
                : [];
        var given = words.Skip(2).Select(word => word.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        return [.. JsonParts.Members(properties, "properties")
            .Where(p => !given.Contains(p.Key) && p.Key.StartsWith(last, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(p => block.RequiredInputs.Contains(p.Key)).Take(Most)
            .Select(p => new Completion(
                $"{before}{p.Key}=", block.RequiredInputs.Contains(p.Key) ? $"{p.Key} *" : p.Key,
                JsonParts.Text(p.Value, "description") ?? ""))];
    }

    static IEnumerable<string> Values(JsonText property) =>
        JsonParts.Member(property, "enum") is { } values ? JsonParts.Items(values, "enum").Select(Word)
        : JsonParts.Text(property, "type") == "boolean" ? ["true", "false"]
        : [];

    static string Word(JsonText value) => value.Root.ValueKind == JsonValueKind.String ? value.Root.GetString()! : value.Text;
}
