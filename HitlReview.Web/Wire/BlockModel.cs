using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Wire;

/// <summary>A block as a program sees it.</summary>
sealed record BlockModel(
    string Id,
    string Name,
    string Description,
    JsonText Inputs,
    JsonText Outputs,
    bool IsSensitiveAction,
    bool IsGraphOnly)
{
    public static BlockModel Of(Block block) => new(
        block.Id.ToString(),
        block.Name,
        block.Description,
        block.InputSchema.Text,
        block.OutputSchema.Text,
        block.IsSensitiveAction,
        block.IsGraphOnly);
}
