using System.Globalization;
using System.Text.Json;

namespace HitlReview.Core.Payloads;

/// <summary>
/// How messages name a place in a payload: <c>$.to[0].name</c>, and <c>$["odd key"]</c> with everything but ASCII escaped, so that hidden
/// characters show.
/// </summary>
public static class JsonPath
{
    internal const int MaxShown = 200;

    /// <summary>The payload itself.</summary>
    public const string Root = "$";

    /// <summary>The path to a member. However long its name is, paths that differ never become one.</summary>
    /// <param name="path">The path to the object.</param>
    /// <param name="name">The member's name.</param>
    public static string Exact(string path, string name) => IsPlain(name) ? $"{path}.{name}" : $"{path}[{JsonSerializer.Serialize(name)}]";

    internal static string Member(string path, string name) => Exact(path, IsPlain(name) ? name : TextStart.Marked(name, MaxShown));

    static bool IsPlain(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>The path to an item.</summary>
    /// <param name="path">The path to the list.</param>
    /// <param name="index">Its place, from 0.</param>
    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Keeps a path of long names readable: its end is what tells.</summary>
    internal static string Shorten(string path) => path.Length > MaxShown ? string.Concat("…", path.AsSpan(path.Length - MaxShown)) : path;
}
