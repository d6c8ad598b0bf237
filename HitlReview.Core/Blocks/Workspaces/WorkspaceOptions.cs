using HitlReview.Core.Storage;

namespace HitlReview.Core.Blocks.Workspaces;

/// <summary>Settings <c>Blocks:Workspace:*</c>.</summary>
public sealed class WorkspaceOptions : ICheckedOptions
{
    /// <summary>The folder in which each user has a folder. An absolute path; by default next to the database.</summary>
    public string Root { get; set; } = Path.Combine(DataFolder.Default, "workspaces");

    /// <summary>How large a file may become, in bytes. 1 to 1,000,000,000, by default 10,000,000.</summary>
    public int MaxFileBytes { get; set; } = 10_000_000;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (!Path.IsPathFullyQualified(Root))
            yield return $"Blocks:Workspace:Root must be an absolute path; it is '{Root}'.";
        if (MaxFileBytes is < 1 or > 1_000_000_000)
            yield return FormattableString.Invariant(
                $"Blocks:Workspace:MaxFileBytes must be between 1 and 1,000,000,000; it is {MaxFileBytes:N0}.");
    }
}
