namespace HitlReview.Core.Storage;

/// <summary>Where HitlReview keeps its files unless a setting says otherwise.</summary>
public static class DataFolder
{
    /// <summary>
    /// <c>HitlReview</c> in the folder for application data of the user who runs it; beside the program where there is none.
    /// </summary>
    public static string Default { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            is { Length: > 0 } data
            ? data
            : AppContext.BaseDirectory,
        "HitlReview");
}
