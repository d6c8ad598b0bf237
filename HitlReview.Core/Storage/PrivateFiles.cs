namespace HitlReview.Core.Storage;

/// <summary>
/// Files and folders for the account that runs the program, and no other. They are made so, whatever the umask, before anything is
/// written into them. What is there already keeps its mode. On Windows they inherit the rights of their folder.
/// </summary>
static class PrivateFiles
{
    const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;
    const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    const UnixFileMode OpenToOthers =
        WritableByOthers | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes a folder, and those above it that aren't there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        // One by one: .NET gives the mode to the last one only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
            CreateFolder(above);
        Directory.CreateDirectory(path, OwnFolder);
    }

    /// <summary>Makes an empty file where there is none; one that is there isn't even opened.</summary>
    public static void CreateFile(string path)
    {
        if (File.Exists(path))
            return;
        try
        {
            Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was quicker, and as careful.
        }
    }

    /// <summary>Opens a file in a mode that may make it.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnFile;
        return new(path, options);
    }

    /// <summary>True if other accounts of the machine can do anything with it.</summary>
    public static bool IsOpenToOthers(string path) => (ModeOf(path) & OpenToOthers) != 0;

    /// <summary>True if other accounts of the machine can put files of theirs in the place of those in the folder.</summary>
    public static bool LetsOthersReplace(string folder) =>
        ModeOf(folder) is var mode && (mode & WritableByOthers) != 0 && (mode & UnixFileMode.StickyBit) == 0;

    static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() || !Path.Exists(path) ? UnixFileMode.None : File.GetUnixFileMode(path);
}
