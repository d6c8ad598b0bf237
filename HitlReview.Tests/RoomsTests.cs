using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>
/// Which room knows which: the arrows between the folders of Core and of Web, as docs/architecture.md draws them. Read from the sources,
/// because a constant or a name in <c>nameof</c> leaves no trace in an assembly; an unused <c>using</c> fails the build.
/// </summary>
public sealed partial class RoomsTests
{
    /// <summary>Each room, and those that it may use. The program itself (Program.cs) may use all.</summary>
    static readonly Dictionary<string, string[]> Web = new()
    {
        ["Resources"] = [],
        ["Wire"] = [],
        ["Auth"] = ["Resources", "Wire"],
        ["Cli"] = ["Auth", "Resources"],
        // Serving fills the demo.
        ["Hosting"] = ["Auth", "Cli", "Resources", "Wire"],
        ["Hubs"] = ["Auth", "Hosting", "Wire"],
        ["Api"] = ["Auth", "Hosting", "Wire"],
        ["Components"] = ["Auth", "Hosting", "Resources", "Wire"],
    };

    /// <summary>What isn't so yet. The list may only shrink: whoever mends one takes it out.</summary>
    static readonly string[] WebBreaches =
    [
        // CircuitAuthentication, CircuitSignIn: they follow the circuit of a page.
        "Auth -> Components",
    ];

    /// <summary>
    /// The rooms of Core, each behind those that it may use; Storage may use no more than texts. The root has what all rooms speak of,
    /// such as <see cref="HitlReview.Core.Refusal"/>.
    /// </summary>
    static readonly string[] Core =
    [
        "(root)", "Payloads", "HostileText", "Storage", "Events", "Audit", "Accounts", "Blocks", "Reviews", "Actions", "Executions",
        "Copilot", "Showing",
    ];

    static readonly string[] CoreBreaches =
    [
        // People, UserSessions: what ends with an account or a sign-in, in its transaction: decisions that can still be undone, approvals.
        "Accounts -> Reviews",
    ];

    [Fact]
    public void A_room_of_Web_uses_only_what_the_table_says() =>
        Check("Web", WebBreaches, (room, other) => room == "(root)" || Web[room].Contains(other));

    [Fact]
    public void A_room_of_Core_uses_only_those_before_it() => Check("Core", CoreBreaches, (room, other) =>
        room == "Storage" ? other is "Payloads" or "HostileText" : Array.IndexOf(Core, other) < Array.IndexOf(Core, room));

    [Fact]
    public void Every_room_is_in_the_table()
    {
        Assert.Empty(Rooms("Web").Except(Web.Keys).Except(["editor", "wwwroot"]));
        Assert.Empty(Rooms("Core").Except(Core));
    }

    [Fact]
    public void A_file_is_in_the_room_that_its_namespace_says() => Assert.Empty(
        from file in Sources.All
        where file.Path.StartsWith("HitlReview.", StringComparison.Ordinal)
        let said = Namespace().Match(file.Text).Groups[1].Value
        where said.Length > 0 && said != Path.GetDirectoryName(file.Path)!.Replace('/', '.')
        select $"{file.Path}: {said}");

    static void Check(string project, string[] breaches, Func<string, string, bool> may)
    {
        var found = Uses(project).Where(use => !may(use.Room, use.Other)).ToLookup(use => $"{use.Room} -> {use.Other}", use => use.File);
        var fresh = found.Where(arrow => !breaches.Contains(arrow.Key));
        Assert.Equal([], fresh.Select(arrow => $"{arrow.Key}: {string.Join(", ", arrow.Distinct())}"));
        // Mended: take it out of the list.
        Assert.Equal([], breaches.Where(arrow => !found.Contains(arrow)));
    }

    static IEnumerable<string> Rooms(string project) =>
        Sources.Of($"HitlReview.{project}").Select(RoomOf).Distinct().Where(room => room != "(root)");

    static IEnumerable<(string File, string Room, string Other)> Uses(string project)
    {
        var rooms = Rooms(project).ToHashSet();
        return from file in Sources.Of($"HitlReview.{project}")
               let room = RoomOf(file)
               from Match named in Mention().Matches(Comment().Replace(file.Text, ""))
               where named.Groups[1].Value == project
               let other = named.Groups[2].Value
               where other != room && rooms.Contains(other)
               select (file.Path, room, other);
    }

    static string RoomOf(SourceFile file) => file.Path.Split('/') is [_, var room, _, ..] ? room : "(root)";

    // By its full name, or as a namespace seen from ours.
    [GeneratedRegex(@"(?<=\bHitlReview\.|(?<![\w.]))(Core|Web)\.([A-Z]\w*)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"//.*|@\*.*?\*@", RegexOptions.NonBacktracking)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
