using System.Text;

namespace HitlReview.Core.Blocks.Workspaces;

/// <summary>The paths a block may use: relative, and meaning the same file on every operating system.</summary>
static class WorkspacePath
{
    const int MaxLength = 1_000;
    const int MaxDepth = 16;
    const int MaxNameBytes = 200;

    /// <summary>The beginning of names that are for unfinished files of ours.</summary>
    public const string OwnPrefix = ".hitl-";

    static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "COM¹", "COM²", "COM³", "LPT¹", "LPT²", "LPT³",
    };

    /// <summary>What is wrong with a path; null if nothing.</summary>
    public static string? Fault(string path)
    {
        if (path.Length is 0 or > MaxLength)
            return $"must have between 1 and {MaxLength} characters";
        if (path[0] == '/')
            return "must be relative to your workspace";
        var names = path.Split('/');
        return names.Length > MaxDepth
            ? $"must not be deeper than {MaxDepth} folders"
            : names.Select(NameFault).FirstOrDefault(fault => fault is not null);
    }

    static string? NameFault(string name) =>
        name is "" or "." or ".." ? "must not have an empty part, . or .."
        : name.Any(c => char.IsControl(c) || "\\:*?\"<>|".Contains(c, StringComparison.Ordinal))
            ? "must not contain control characters or any of \\ : * ? \" < > |"
        : name[^1] is '.' or ' ' || name[0] == ' ' ? "must not have a part that begins with a space or ends with a space or dot"
        : name.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase) ? $"must not have a part that begins with {OwnPrefix}"
        : Devices.Contains(name.Split('.')[0].TrimEnd(' ')) ? "must not have a part that is the name of a device"
        : Encoding.UTF8.GetByteCount(name) > MaxNameBytes ? $"must not have a part of more than {MaxNameBytes} bytes"
        : null;
}
