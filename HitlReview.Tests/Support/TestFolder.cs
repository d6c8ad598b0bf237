using HitlReview.Tests.Support;

[assembly: AssemblyFixture(typeof(TestFolder))]

namespace HitlReview.Tests.Support;

/// <summary>The temporary folder of this test run. It goes with the run; one that a killed run left behind goes with the next.</summary>
public sealed class TestFolder : IDisposable
{
    const string Prefix = "hitlreview-tests-";
    static readonly Lazy<string> Root = new(Make);

    /// <summary>A path in the folder that nothing else uses.</summary>
    public static string NewPath(string extension) => Path.Combine(Root.Value, Guid.NewGuid().ToString("N") + extension);

    /// <summary>A new, empty folder in the folder.</summary>
    public static string NewFolder() => Directory.CreateDirectory(NewPath("")).FullName;

    static string Make()
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
            if (!Directory.Exists($"/proc/{Path.GetFileName(left)[Prefix.Length..]}"))
                Directory.Delete(left, recursive: true);
        return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Prefix + Environment.ProcessId)).FullName;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Root.IsValueCreated)
            Directory.Delete(Root.Value, recursive: true);
    }
}
