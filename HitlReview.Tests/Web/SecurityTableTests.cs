using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web;

/// <summary>docs/security.md says which test holds a requirement and which file meets it; both must be there.</summary>
public sealed partial class SecurityTableTests
{
    static readonly string s_table = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    [Fact]
    public void Every_test_that_it_names_exists_and_has_tests_in_it()
    {
        var named = Test().Matches(s_table).Select(match => match.Groups[1].Value).Distinct().ToList();
        var there = typeof(SecurityTableTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0))
            .Select(type => type.Name).ToHashSet();

        Assert.True(named.Count > 40, $"Only {named.Count} tests were found.");
        Assert.Equal([], named.Except(there));
    }

    [Fact]
    public void Every_file_that_it_names_exists()
    {
        var named = SourceFile().Matches(s_table).Select(match => match.Groups[1].Value).Distinct().ToList();
        var there = new[] { "HitlReview.Core", "HitlReview.Web" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*", SearchOption.AllDirectories))
            .Select(file => file.Replace('\\', '/')).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal)).ToList();

        Assert.True(named.Count > 20, $"Only {named.Count} files were found.");
        Assert.Equal([], named.Where(name => !there.Exists(file => file.EndsWith("/" + name, StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_row_says_what_holds_it_or_why_nothing_does()
    {
        var rows = s_table.Split('\n').Where(line => Row().IsMatch(line)).ToList();

        Assert.True(rows.Count > 90, $"Only {rows.Count} rows were found.");
        Assert.Equal([], rows.Where(row => row.Split('|') is not [_, _, _, { Length: > 4 }, var held, _] || !Held().IsMatch(held)));
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+(?:Spec|Tests))`")]
    private static partial Regex Test();

    [GeneratedRegex("`([A-Za-z./]+\\.(?:cs|razor))`")]
    private static partial Regex SourceFile();

    [GeneratedRegex("^\\| \\d")]
    private static partial Regex Row();

    [GeneratedRegex("`[A-Z][A-Za-z]+(?:Spec|Tests)`|argued: ")]
    private static partial Regex Held();
}
