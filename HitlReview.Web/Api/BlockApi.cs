using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Web.Auth;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HitlReview.Web.Api;

/// <summary>The registry of blocks.</summary>
static class BlockApi
{
    public static void MapBlockApi(this IEndpointRouteBuilder api) =>
        api.MapGet("/api/blocks", List).WithTags("Blocks")
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe(
                "List the blocks",
                "All that a graph or a chat can run, by name, with the JSON Schemas of inputs and outputs. "
                + "A block with `is_sensitive_action` asks a person first.");

    static Ok<IReadOnlyList<BlockModel>> List(BlockRegistry blocks) =>
        TypedResults.Ok<IReadOnlyList<BlockModel>>([.. blocks.All.Select(BlockModel.Of)]);
}
