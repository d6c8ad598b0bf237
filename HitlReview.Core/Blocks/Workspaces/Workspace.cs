using System.Security.Cryptography;
using System.Text;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Blocks.Workspaces;

/// <summary>
/// The folders of the users. Nobody but the blocks writes into them, and blocks make no links; a link that is found there
/// was put there from outside and is not followed. Somebody who can swap folders for links while a block runs has this
/// machine already, and is not what this protects from.
/// </summary>
public sealed class Workspace(IOptions<WorkspaceOptions> options)
{
    /// <summary>How large a file may become, in bytes.</summary>
    public int MaxFileBytes => options.Value.MaxFileBytes;

    /// <summary>The folder of all of them if it is there and other accounts of this machine can look into it; else null.</summary>
    public string? OpenToOthers() => PrivateFiles.IsOpenToOthers(options.Value.Root) ? options.Value.Root : null;

    /// <summary>The full path of a user's file, which need not exist yet.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="path">A path in which <see cref="WorkspacePath.Fault"/> has found no fault.</param>
    /// <exception cref="BlockFailedException">A part of the path is a link.</exception>
    public string Locate(string userId, string path)
    {
        var folder = Path.Combine(options.Value.Root, FolderOf(userId));
        ThrowIfLink(folder, path);
        var full = folder;
        foreach (var name in path.Split('/'))
        {
            full = Path.Combine(full, name);
            ThrowIfLink(full, path);
        }
        return full;
    }

    // Ids are case-sensitive and may hold anything; folder names are neither. Ids that need no change keep readable names.
    static string FolderOf(string userId) =>
        userId.Length is > 0 and <= 64 && userId.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"user-{userId}"
            : $"hash-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)))}";

    static void ThrowIfLink(string full, string path)
    {
        if (new FileInfo(full).LinkTarget is not null)
            throw new BlockFailedException($"{path} leads over a link; links are not followed. Nothing was read or written.");
    }
}
