namespace HitlReview.Core.Blocks;

/// <summary>All blocks there are.</summary>
public sealed class BlockRegistry
{
    readonly Dictionary<Guid, Block> _byId;

    /// <param name="blocks">The blocks; each id once.</param>
    /// <exception cref="ArgumentException">Two blocks have one id.</exception>
    public BlockRegistry(IEnumerable<Block> blocks)
    {
        All = [.. blocks.OrderBy(block => block.Name, StringComparer.Ordinal)];
        _byId = All.ToDictionary(block => block.Id);
    }

    /// <summary>Every block, by name.</summary>
    public IReadOnlyList<Block> All { get; }

    /// <summary>The block with this id; null if there is none.</summary>
    public Block? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The block with this id as people write it; null if there is none.</summary>
    public Block? Find(string? id) => Guid.TryParse(id, out var parsed) ? Find(parsed) : null;
}
