using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>What is said of a review is all in one file, what the pages say else in another, and all in these is said somewhere.</summary>
public sealed partial class TextsTests
{
    /// <summary>By the name that a source says, such as <c>Texts.Undo</c>.</summary>
    static readonly Dictionary<string, string> s_texts = Texts("HitlReview.Web/Resources/Texts.resx")
        .Concat(Texts("HitlReview.Core/Showing/Words.resx")).ToDictionary();

    static readonly Dictionary<string, string> s_sources = Sources().ToDictionary(file => file, File.ReadAllText);

    static readonly HashSet<string> s_used = [
        .. s_sources.Values.SelectMany(source => Use().Matches(source)).Select(use => use.Groups[1].Value)];

    [Fact]
    public void There_are_texts_and_sources_at_all()
    {
        Assert.True(s_texts.Count > 100, $"Only {s_texts.Count} texts were found.");
        Assert.True(s_used.Count > 100, $"Only {s_used.Count} uses were found.");
    }

    [Fact]
    public void Every_text_can_be_formatted_with_the_values_that_it_has_places_for()
    {
        foreach (var (name, text) in s_texts)
        {
            var places = Place().Matches(text).Select(place => int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct()
                .Order().ToList();
            Assert.True(places.SequenceEqual(Enumerable.Range(0, places.Count)), $"{name} leaves a number out: {text}");
            Assert.True(places.Count > 0 || !text.Contains('{', StringComparison.Ordinal), $"{name} has a brace that is no place: {text}");
            if (places.Count > 0)
                Assert.DoesNotContain(
                    "{", string.Format(CultureInfo.InvariantCulture, text, [.. places.Select(place => $"value {place}")]),
                    StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_text_is_empty_or_begins_or_ends_with_a_blank() =>
        Assert.Empty(s_texts.Where(text => text.Value.Length == 0 || text.Value.Trim() != text.Value).Select(text => text.Key));

    [Fact]
    public void Every_text_for_one_has_its_other_for_many_with_the_number_in_it()
    {
        var counted = s_texts.Keys.Where(name => name.EndsWith("_One", StringComparison.Ordinal)
            || name.EndsWith("_Many", StringComparison.Ordinal)).Select(name => name[..name.LastIndexOf('_')]).Distinct().ToList();

        Assert.NotEmpty(counted);
        foreach (var name in counted)
        {
            Assert.Contains(name + "_One", s_texts.Keys);
            Assert.Contains("{0}", s_texts.GetValueOrDefault(name + "_Many", $"{name}_Many is not there."), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_counted_is_counted_with_both_forms_of_the_same_text()
    {
        foreach (var (file, source) in s_sources)
            foreach (Match count in Count().Matches(source))
                Assert.True(count.Groups[1].Value == count.Groups[2].Value, $"{Path.GetFileName(file)} counts with {count.Value}");
    }

    [Fact]
    public void A_text_with_places_is_never_shown_without_its_values_and_one_without_never_gets_any()
    {
        foreach (var (file, source) in s_sources)
        {
            var filled = Filled().Matches(source).Select(fill => fill.Groups[1].Value).ToHashSet();
            Assert.Empty(
                filled.Where(name => s_texts.TryGetValue(name, out var text)
                    && !Place().IsMatch(text)).Select(name => $"{Path.GetFileName(file)}: {name}"));
            Assert.Empty(
                Shown().Matches(source).Select(show => show.Groups[1].Value).Where(name => s_texts.TryGetValue(name, out var text)
                    && Place().IsMatch(text)).Select(name => $"{Path.GetFileName(file)}: {name}"));
        }
    }

    [Fact]
    public void No_text_is_unused() => Assert.Empty(s_texts.Keys.Except(s_used, StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public void No_text_is_used_that_is_not_there() => Assert.Empty(
        s_used.Except(s_texts.Keys, StringComparer.Ordinal).Except(["Texts.ResourceManager", "Texts.Culture"], StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));

    static IEnumerable<KeyValuePair<string, string>> Texts(string file) =>
        XDocument.Load(Path.Combine(Repository.Root, file)).Root!.Elements("data").Select(data => KeyValuePair.Create(
            $"{Path.GetFileNameWithoutExtension(file)}.{data.Attribute("name")!.Value}", data.Element("value")!.Value));

    static IEnumerable<string> Sources() =>
        from room in new[] { "HitlReview.Web", "HitlReview.Core/Showing" }
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, room), "*.*", SearchOption.AllDirectories)
        where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
        let parts = Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar)
        where !parts.Contains("obj") && !parts.Contains("bin") && !parts.Contains("node_modules")
        select file;

    [GeneratedRegex(@"(?<![\w.])((?:Texts|Words)\.\w+)")]
    private static partial Regex Use();

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"((?:Texts|Words)\.\w+)_One,\s*((?:Texts|Words)\.\w+)_Many")]
    private static partial Regex Count();

    [GeneratedRegex(@"(?:Say|Sentence)\.(?:With|Markup)\(\s*((?:Texts|Words)\.\w+),\s")]
    private static partial Regex Filled();

    // Shown as it stands: in markup, or as an attribute.
    [GeneratedRegex(@"(?:@|\bnew\()((?:Texts|Words)\.\w+)")]
    private static partial Regex Shown();
}
