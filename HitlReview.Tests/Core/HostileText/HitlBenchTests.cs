using System.Globalization;
using System.Text;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Showing;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.HostileText;

/// <summary>
/// What of <see cref="HitlBench"/> is told. The table in docs/hitl-bench.md is this test's: run it with HITLREVIEW_TABLES=docs.
/// </summary>
public sealed class HitlBenchTests
{
    [Fact, Invariant(4)]
    public void All_that_deceives_is_told_and_of_what_is_harmless_at_most_one_in_a_hundred()
    {
        var deceiving = HitlBench.Deceiving().Select(one => (one.Kinds, one.Payload, Found: KindsIn(one.Payload))).ToList();
        var harmless = HitlBench.Harmless().Select(one => (one.Script, one.Payload, Found: KindsIn(one.Payload))).ToList();
        Assert.True(deceiving.Count >= 500, $"{deceiving.Count} deceiving payloads");
        Assert.True(harmless.Count >= 2_000, $"{harmless.Count} harmless payloads");
        WriteTable(deceiving, harmless);

        var missed = deceiving.Where(one => !one.Kinds.Intersect(one.Found).Any())
            .Select(one => $"{string.Join(" or ", one.Kinds)} is not told of {one.Payload}").ToList();
        Assert.True(missed.Count == 0, string.Join('\n', missed));
        var alarms = harmless.Where(one => one.Found.Length > 0).Select(one => $"{string.Join(", ", one.Found)}: {one.Payload}").ToList();
        Assert.True(alarms.Count <= harmless.Count / 100, string.Join('\n', alarms.Take(20)));
    }

    [Fact, Invariant(4)]
    public void Where_there_can_be_no_markup_nothing_is_unseen_either()
    {
        foreach (var (_, payload) in HitlBench.Deceiving())
            foreach (var text in Texts(JsonText.Parse(payload, "payload").Root))
                Assert.DoesNotContain(Visible.Plain(text).EnumerateRunes(), rune =>
                    Unseen.Is(rune.Value) && rune.Value is not (0x2068 or 0x2069) && !Rune.IsWhiteSpace(rune));
    }

    static TrapKind[] KindsIn(string payload) => [.. Traps.Find(JsonText.Parse(payload, "payload")).Select(trap => trap.Kind).Distinct()];

    static IEnumerable<string> Texts(System.Text.Json.JsonElement element) => element.ValueKind switch
    {
        System.Text.Json.JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value).Prepend(member.Name)),
        System.Text.Json.JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        System.Text.Json.JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    static void WriteTable(
        IEnumerable<(TrapKind[] Kinds, string Payload, TrapKind[] Found)> deceiving,
        IEnumerable<(string Script, string Payload, TrapKind[] Found)> harmless)
    {
        if (Environment.GetEnvironmentVariable("HITLREVIEW_TABLES") is not { } folder)
            return;
        var table = new StringBuilder("""
            # HITL-Bench

            Payloads that want to fool their reader, and payloads that are what they look like, in twenty scripts
            (`HitlReview.Tests/Core/HostileText/HitlBench.cs`). Of each of the first its trap must be told, of the second at most one in a
            hundred may be warned of, or a test fails. That row, card, difference, title and notification show each of the first as what
            it is, `HitlBenchSurfacesTests` tries. To print this table anew:

                HITLREVIEW_TABLES=docs ./test.sh --filter-class '*HitlBenchTests'

            | deceiving | payloads | told |
            |---|---:|---:|

            """.ReplaceLineEndings("\n"));
        foreach (var kind in deceiving.GroupBy(one => one.Kinds[0]).OrderBy(kind => $"{kind.Key}", StringComparer.Ordinal))
            table.Append(CultureInfo.InvariantCulture,
                $"| {kind.Key} | {kind.Count()} | {kind.Count(one => one.Kinds.Intersect(one.Found).Any())} |\n");
        table.Append(CultureInfo.InvariantCulture,
            $"| **all** | {deceiving.Count()} | {deceiving.Count(one => one.Kinds.Intersect(one.Found).Any())} |\n");
        table.Append("\n| harmless | payloads | warned of |\n|---|---:|---:|\n");
        foreach (var script in harmless.GroupBy(one => one.Script))
            table.Append(CultureInfo.InvariantCulture,
                $"| {script.Key} | {script.Count()} | {script.Count(one => one.Found.Length > 0)} |\n");
        table.Append(CultureInfo.InvariantCulture, $"| **all** | {harmless.Count()} | {harmless.Count(one => one.Found.Length > 0)} |\n");
        File.WriteAllText(Path.Combine(Repository.Root, folder, "hitl-bench.md"), table.ToString());
    }
}
