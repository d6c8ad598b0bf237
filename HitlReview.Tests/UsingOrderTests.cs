using HitlReview.Tests.Support;

namespace HitlReview.Tests;

/// <summary>Namespaces are used in the order that <c>dotnet format</c> gives them: System's first, then by the alphabet.</summary>
public sealed class UsingOrderTests
{
    [Fact]
    public void Namespaces_are_used_in_order() => Assert.Equal([], Sources.All.Where(IsOutOfOrder).Select(file => file.Path));

    [Fact]
    public void Disorder_is_found()
    {
        Assert.True(IsOutOfOrder(new("a.cs", "using B;\nusing A;\n")));
        Assert.True(IsOutOfOrder(new("a.cs", "using A;\nusing System.Text;\n")));
        Assert.False(IsOutOfOrder(new("a.cs", "using System.Text;\nusing A;\nusing A.B;\nusing static A.B.C;\n")));
    }

    static bool IsOutOfOrder(SourceFile file)
    {
        if (!file.Path.EndsWith(".cs", StringComparison.Ordinal))
            return false;
        var used = file.Text.Split('\n').TakeWhile(line => !line.StartsWith("namespace ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('='))
            .Where(line => !line.StartsWith("using static ", StringComparison.Ordinal))
            .Select(line => line["using ".Length..^1]).ToList();
        return !used.SequenceEqual(used.OrderBy(name => name != "System" && !name.StartsWith("System.", StringComparison.Ordinal))
            .ThenBy(name => name, StringComparer.OrdinalIgnoreCase));
    }
}
