using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Copilot.Commands;

/// <summary>
/// What a person types where there is no model: <c>/find WORDS</c>, <c>/run BLOCK FIELD=VALUE …</c> or <c>/run BLOCK {JSON}</c>,
/// <c>/continue REVIEW</c>, <c>/help</c>.
/// </summary>
/// <param name="Name">The command, without the slash.</param>
/// <param name="Rest">What follows it, trimmed.</param>
public readonly record struct Command(string Name, string Rest)
{
    /// <summary>The commands there are, and what each takes.</summary>
    public static IReadOnlyList<(string Name, string Takes, string Does)> All { get; } =
    [
        ("find", "words", "finds blocks by their name or what they do; without words all of them"),
        ("run", "block field=value …", "runs a block, or asks you first: if it changes the world outside, or if this chat always asks"),
        ("continue", "review", "runs what was approved and has not run by itself"),
        ("help", "", "says what there is"),
    ];

    const int MaxFields = 100;
    const string Blanks = " \t\r\n";

    /// <summary>Reads a command; null for what is none.</summary>
    public static Command? Parse(string text)
    {
        text = text.Trim();
        if (text is not ['/', ..])
            return null;
        var name = FirstWord(text[1..]);
        return new(name, text[(1 + name.Length)..].Trim());
    }

    /// <summary>A text up to its first blank.</summary>
    internal static string FirstWord(string text) => text.AsSpan().IndexOfAny(Blanks) is >= 0 and var end ? text[..end] : text;

    /// <summary>What a block is called in a command: its name in lower case, with underscores.</summary>
    public static string NameOf(Block block) => NameOf(block.Name);

    internal static string NameOf(string blockName) => blockName.ToLowerInvariant().Replace(' ', '_');

    /// <summary>Finds the block of <c>/run</c> by that name, or by its id.</summary>
    public static Block? FindBlock(BlockRegistry blocks, string name) =>
        blocks.Find(name) ?? blocks.All.FirstOrDefault(block => NameOf(block).Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Reads the input of <c>/run</c>: an object of JSON, or fields and their values, which are texts where they are no JSON.
    /// </summary>
    /// <exception cref="RefusedException">It is neither; the message says where.</exception>
    public static JsonText ParseInput(string text)
    {
        text = text.Trim();
        if (text is ['{', ..])
            return JsonText.Parse(text, "The input");
        var fields = new List<KeyValuePair<string, JsonText>>();
        while (text.Length > 0)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || text.AsSpan(0, equals).IndexOfAny(Blanks) >= 0)
                throw new RefusedException(Refusal.Invalid, $"'{Identifiers.Shown(text)}' is no field=value.");
            if (fields.Count == MaxFields)
                throw new RefusedException(Refusal.Invalid, $"There are more than {MaxFields} fields; give the input as JSON.");
            var (value, behind) = TakeValue(text[(equals + 1)..]);
            fields.Add(KeyValuePair.Create(text[..equals], value));
            text = behind.TrimStart();
        }
        return JsonParts.Compose(fields, "The input", JsonLimits.Payload);
    }

    /// <summary>The value at the start of a text: JSON, which may have blanks in it, or a word.</summary>
    static (JsonText Value, string Behind) TakeValue(string text)
    {
        if (text is ['"' or '{' or '[', ..])
            return JsonLength(text) is { } length
                ? (JsonText.Parse(text[..length], "A value"), text[length..])
                : throw new RefusedException(Refusal.Invalid, $"A value has no end: {Identifiers.Shown(text)}");
        var word = FirstWord(text);
        return (IsJson(word) ? JsonText.Parse(word, "A value") : JsonText.Of(word, "A value"), text[word.Length..]);
    }

    static bool IsJson(string word)
    {
        try
        {
            JsonText.Parse(word, "A value");
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>How long the JSON is with which a text begins; null if it has no end.</summary>
    static int? JsonLength(string text)
    {
        var (depth, inString) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (inString)
            {
                if (c == '\\')
                    i++;
                else if (c == '"')
                    inString = false;
            }
            else if (c == '"')
                inString = true;
            else if (c is '{' or '[')
                depth++;
            else if (c is '}' or ']')
                depth--;
            if (depth == 0 && !inString)
                return i + 1;
        }
        return null;
    }
}
