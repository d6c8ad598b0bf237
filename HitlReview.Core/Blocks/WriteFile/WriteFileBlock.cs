using System.Text;
using System.Text.Json;
using HitlReview.Core.Blocks.Workspaces;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Blocks.WriteFile;

/// <summary>
/// Writes a text file into the user's workspace folder. A file that is created or overwritten is there whole or not at all.
/// </summary>
public sealed partial class WriteFileBlock(Workspace workspace, ILogger<WriteFileBlock> log) : Block(
    "d47b1c92-3e5f-48a6-9c0d-8f2a6b7e1d54",
    "Write workspace file",
    "Writes a text file into your workspace folder.",
    """
    {
      "type": "object",
      "properties": {
        "path": { "title": "Path",
          "description": "The file, relative to your workspace folder, with slashes between folders; missing folders are made.",
          "type": "string" },
        "content": { "title": "Content", "description": "The text; written in UTF-8 as it is.", "type": "string" },
        "mode": { "title": "Mode",
          "description": "create refuses to touch a file that is there, overwrite replaces it, append adds to its end.",
          "type": "string", "enum": ["create", "overwrite", "append"], "default": "create" }
      },
      "required": ["path", "content"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "path": { "title": "Path", "description": "The file that was written.", "type": "string" },
        "bytes": { "title": "Bytes", "description": "How many bytes were written.", "type": "integer" }
      },
      "additionalProperties": false
    }
    """)
{
    /// <inheritdoc/>
    public override bool IsSensitiveAction => true;

    /// <inheritdoc/>
    public override string ActionInWords => "Write the file {path} ({mode})";

    /// <inheritdoc/>
    protected override IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete)
    {
        if (input.TryGetProperty("path", out var path) && WorkspacePath.Fault(path.GetString()!) is { } fault)
            yield return new("$.path", fault);
        if (input.TryGetProperty("content", out var content) && Encoding.UTF8.GetByteCount(content.GetString()!) > workspace.MaxFileBytes)
            yield return new("$.content", FormattableString.Invariant($"must not have more than {workspace.MaxFileBytes:N0} bytes"));
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        var path = input.Root.GetProperty("path").GetString()!;
        var bytes = Encoding.UTF8.GetBytes(input.Root.GetProperty("content").GetString()!);
        var mode = input.Root.TryGetProperty("mode", out var given) ? given.GetString()! : "create";
        try
        {
            var file = workspace.Locate(context.UserId, path);
            PrivateFiles.CreateFolder(Path.GetDirectoryName(file)!);
            if (mode == "append")
                await AppendAsync(file, path, bytes, ct);
            else
                await ReplaceAsync(file, path, bytes, overwrite: mode == "overwrite", ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlockFailedException($"{path} could not be written; nothing was changed.", e);
        }
        Written(log, context.NodeExecId, context.UserId, bytes.Length, mode);
        return [new("path", JsonParts.Part(input.Root.GetProperty("path"))), new("bytes", JsonText.Of(bytes.Length))];
    }

    // The file appears, or changes, only when all of it is on the disk.
    static async Task ReplaceAsync(string file, string path, byte[] bytes, bool overwrite, CancellationToken ct)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(file)!, $"{WorkspacePath.OwnPrefix}{Guid.NewGuid():N}");
        try
        {
            await using (var stream = PrivateFiles.Open(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await stream.WriteAsync(bytes, ct);
                stream.Flush(flushToDisk: true);
            }
            if (!overwrite && Path.Exists(file))
                throw new BlockFailedException($"{path} is there already; it was left as it is.");
            File.Move(unfinished, file, overwrite);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    async Task AppendAsync(string file, string path, byte[] bytes, CancellationToken ct)
    {
        await using var stream = PrivateFiles.Open(file, FileMode.Append, FileAccess.Write, FileShare.Read);
        var before = stream.Position;
        if (before + bytes.Length > workspace.MaxFileBytes)
            throw new BlockFailedException(
                FormattableString.Invariant($"{path} would become larger than {workspace.MaxFileBytes:N0} bytes; it was left as it is."));
        try
        {
            await stream.WriteAsync(bytes, ct);
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            stream.SetLength(before);
            throw;
        }
    }
}
