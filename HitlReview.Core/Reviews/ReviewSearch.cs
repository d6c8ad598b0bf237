using System.Globalization;
using System.Text.RegularExpressions;

namespace HitlReview.Core.Reviews;

/// <summary>
/// What somebody looks for, as they typed it: words, of which each must be found, texts in quotation marks, and operators such as
/// <c>host:example.com</c>. What is no operator, such as <c>https://example.com</c>, is a word.
/// </summary>
public sealed partial record ReviewSearch
{
    /// <summary>The operators with the values that they take; those without any take a text.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Operators { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["from"] = [],
        ["block"] = [],
        ["graph"] = [],
        ["host"] = [],
        ["is"] = ["editable", "fixed", "snoozed", .. Enum.GetNames<DecidedAs>()],
        ["has"] = ["warning", "message", "words"],
        ["older"] = ["1h", "1d", "7d"],
        ["newer"] = ["1h", "1d", "7d"],
    };

    readonly List<string> _words = [], _from = [], _blocks = [], _graphs = [], _hosts = [];

    /// <summary>What must be found somewhere in the review.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>What the name of the agent must have in it.</summary>
    public IReadOnlyList<string> From => _from;

    /// <summary>What the name of the block must have in it.</summary>
    public IReadOnlyList<string> Blocks => _blocks;

    /// <summary>What the name of the graph or chat must have in it.</summary>
    public IReadOnlyList<string> Graphs => _graphs;

    /// <summary>
    /// How the host of an address in the payload must begin, or a part of it behind a dot. It narrows a search and proves nothing.
    /// </summary>
    public IReadOnlyList<string> Hosts => _hosts;

    /// <summary>How it must have been decided.</summary>
    public DecidedAs? DecidedAs { get; private set; }

    /// <summary>Whether the payload may be changed.</summary>
    public bool? Editable { get; private set; }

    /// <summary>True for those with warnings.</summary>
    public bool HasWarnings { get; private set; }

    /// <summary>True for those that are put aside.</summary>
    public bool IsSnoozed { get; private set; }

    /// <summary>True for those that were decided with a message.</summary>
    public bool HasMessage { get; private set; }

    /// <summary>True for those about which the agent says something.</summary>
    public bool HasInstructions { get; private set; }

    /// <summary>Asked at least so long ago.</summary>
    public TimeSpan? OlderThan { get; private set; }

    /// <summary>Asked at most so long ago.</summary>
    public TimeSpan? NewerThan { get; private set; }

    /// <summary>True if it narrows nothing.</summary>
    public bool IsEmpty => _words.Count + _from.Count + _blocks.Count + _graphs.Count + _hosts.Count == 0
        && (DecidedAs, Editable, OlderThan, NewerThan) is (null, null, null, null)
        && !IsSnoozed && !HasWarnings && !HasMessage && !HasInstructions;

    /// <summary>Reads what somebody has typed. Nothing is wrong: what can't be an operator is a word.</summary>
    public static ReviewSearch Parse(string text)
    {
        var search = new ReviewSearch();
        foreach (Match token in Token.Matches(text))
        {
            var name = token.Groups["name"].Value;
            var value = token.Groups["quoted"] is { Success: true } quoted ? quoted.Value : token.Groups["plain"].Value;
            if (!search.Take(name, value) && (name + value).Length > 0)
                search._words.Add(name.Length > 0 ? $"{name}:{value}" : value);
        }
        return search;
    }

    bool Take(string name, string value)
    {
        if (value.Length == 0)
            // An operator of which the value is still to be typed narrows nothing.
            return name.Length > 0 && Operators.ContainsKey(name);
        switch (name, value)
        {
            case ("from", _):
                _from.Add(value);
                return true;
            case ("block", _):
                _blocks.Add(value);
                return true;
            case ("graph", _):
                _graphs.Add(value);
                return true;
            case ("host", _):
                _hosts.Add(value);
                return true;
            case ("is", "editable" or "fixed"):
                Editable = value == "editable";
                return true;
            case ("is", _) when Enum.GetNames<DecidedAs>().Contains(value):
                DecidedAs = Enum.Parse<DecidedAs>(value);
                return true;
            case ("is", "snoozed"):
                return IsSnoozed = true;
            case ("has", "warning"):
                return HasWarnings = true;
            case ("has", "message"):
                return HasMessage = true;
            case ("has", "words"):
                return HasInstructions = true;
            case ("older", _) when SpanOf(value) is { } span:
                OlderThan = span;
                return true;
            case ("newer", _) when SpanOf(value) is { } span:
                NewerThan = span;
                return true;
            default:
                return false;
        }
    }

    static TimeSpan? SpanOf(string value) => Span.Match(value) is { Success: true } span
        ? int.Parse(span.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * (span.Groups[2].Value switch
        {
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.FromDays(7),
        })
        : null;

    [GeneratedRegex("""(?:(?<name>[a-z]+):)?(?:"(?<quoted>[^"]*)"?|(?<plain>\S*))""", RegexOptions.ExplicitCapture)]
    private static partial Regex Token { get; }

    [GeneratedRegex("^([0-9]{1,4})([mhdw])$")]
    private static partial Regex Span { get; }
}
