using HitlReview.Core.Blocks.Http;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Blocks.StoreValue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HitlReview.Core.Blocks;

/// <summary>Registers the built-in blocks.</summary>
public static class BlockServices
{
    /// <summary>Adds <see cref="BlockRegistry"/> with every built-in block, and their settings from <c>Blocks:*</c>, checked at start.</summary>
    public static IServiceCollection AddHitlBlocks(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddBlockOptions<HttpBlockOptions>(configuration, "Blocks:Http");
        services.AddSingleton<Block, HttpBlock>();
        services.AddSingleton<Block, HumanInTheLoopBlock>();
        services.AddSingleton<Block, StoreValueBlock>();
        services.AddSingleton<BlockRegistry>();
        return services;
    }
}
