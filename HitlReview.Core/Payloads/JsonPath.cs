using System.Globalization;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>How messages name a place in a payload: <c>$.to[0].name</c>, and <c>$["odd key"]</c> with everything but ASCII escaped, so that hidden characters show.</summary>
static class JsonPath
{
    public const int MaxShown = 200;

    public const string Root = "$";

    public static string Member(string path, string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? $"{path}.{name}"
            : $"{path}[{JsonSerializer.Serialize(name.Length > MaxShown ? Cut(name) : name)}]";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Keeps a path of long names readable: its end is what tells.</summary>
    public static string Shorten(string path) => path.Length > MaxShown ? string.Concat("…", path.AsSpan(path.Length - MaxShown)) : path;

    static string Cut(string name) => string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[MaxShown - 1]) ? MaxShown - 1 : MaxShown), "…");
}
