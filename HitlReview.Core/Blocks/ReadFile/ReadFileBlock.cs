using System.Text;
using System.Text.Json;
using HitlReview.Core.Blocks.Workspaces;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.ReadFile;

/// <summary>Reads a text file of the user's workspace folder.</summary>
public sealed class ReadFileBlock(Workspace workspace) : Block(
    "9a3e5b77-0c64-4d28-b1f9-52c7e8d0a413",
    "Read workspace file",
    "Reads a text file from your workspace folder.",
    """
    {
      "type": "object",
      "properties": {
        "path": { "title": "Path", "description": "The file, relative to your workspace folder, with slashes between folders.",
          "type": "string" }
      },
      "required": ["path"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "content": { "title": "Content", "description": "The whole text of the file.", "type": "string" }
      },
      "additionalProperties": false
    }
    """)
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc/>
    public override bool ReadsForeignText => true;

    /// <inheritdoc/>
    protected override IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete)
    {
        if (input.TryGetProperty("path", out var path) && WorkspacePath.Fault(path.GetString()!) is { } fault)
            yield return new("$.path", fault);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        var path = input.Root.GetProperty("path").GetString()!;
        try
        {
            var content = Strict.GetString(await ReadAsync(workspace.Locate(context.UserId, path), path, ct));
            return [new("content", JsonText.Of(content, "content"))];
        }
        catch (DecoderFallbackException e)
        {
            throw new BlockFailedException($"{path} is not a text file in UTF-8.", e);
        }
        catch (RefusedException e)
        {
            throw TooLarge(path, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BlockFailedException($"There is no file {path} in your workspace.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlockFailedException($"{path} could not be read.", e);
        }
    }

    static async Task<byte[]> ReadAsync(string file, string path, CancellationToken ct)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[JsonLimits.Payload.MaxBytes + 1];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        return read < bytes.Length ? bytes[..read] : throw TooLarge(path);
    }

    static BlockFailedException TooLarge(string path, Exception? cause = null) =>
        new(FormattableString.Invariant($"{path} is larger than the {JsonLimits.Payload.MaxBytes:N0} bytes that a value may have."), cause);
}
