namespace HitlReview.Tests.Support;

/// <summary>A file that is written by hand.</summary>
/// <param name="Path">From the root of the checkout.</param>
/// <param name="Text">What it says.</param>
public sealed record SourceFile(string Path, string Text);

/// <summary>The checkout's own C#, pages, scripts and styles.</summary>
public static class Sources
{
    static readonly string[] s_kinds = [".cs", ".razor", ".js", ".css"];

    // Built, installed, or made by a tool.
    static readonly string[] s_others = ["bin", "obj", "node_modules", "Migrations", "TestResults"];

    /// <summary>All of them, by path.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Under("").OrderBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>Those of one folder.</summary>
    public static IEnumerable<SourceFile> Of(string folder) =>
        All.Where(file => file.Path.StartsWith($"{folder}/", StringComparison.Ordinal));

    static IEnumerable<SourceFile> Under(string folder)
    {
        var here = new DirectoryInfo(Path.Combine(Repository.Root, folder));
        foreach (var file in here.EnumerateFiles().Where(file => s_kinds.Contains(file.Extension)))
            if (Path.Combine(folder, file.Name) is var path and not "HitlReview.Web/wwwroot/editor/payload-editor.js")
                yield return new(path, File.ReadAllText(file.FullName));
        foreach (var inner in here.EnumerateDirectories().Where(inner => inner.Name[0] != '.' && !s_others.Contains(inner.Name)))
            foreach (var file in Under(Path.Combine(folder, inner.Name)))
                yield return file;
    }
}
