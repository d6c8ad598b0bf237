namespace HitlReview.Tests.Support;

/// <summary>The checkout that the tests were built in.</summary>
public static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HitlReview.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the checkout they were built in.");
        return folder.FullName;
    }
}
