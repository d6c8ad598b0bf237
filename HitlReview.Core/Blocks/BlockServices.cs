using HitlReview.Core.Blocks.Http;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Blocks.Pick;
using HitlReview.Core.Blocks.ReadFile;
using HitlReview.Core.Blocks.Smtp;
using HitlReview.Core.Blocks.StoreValue;
using HitlReview.Core.Blocks.Template;
using HitlReview.Core.Blocks.Wait;
using HitlReview.Core.Blocks.Workspaces;
using HitlReview.Core.Blocks.WriteFile;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HitlReview.Core.Blocks;

/// <summary>Registers the built-in blocks.</summary>
public static class BlockServices
{
    /// <summary>
    /// Adds <see cref="BlockRegistry"/> with every built-in block, and their settings from <c>Blocks:*</c>, checked at start.
    /// </summary>
    public static IServiceCollection AddHitlBlocks(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddChecked<HttpBlockOptions>("Blocks:Http");
        services.AddChecked<SmtpBlockOptions>("Blocks:Smtp");
        services.AddChecked<WorkspaceOptions>("Blocks:Workspace");
        services.AddSingleton<Workspace>();
        services.AddSingleton<Block, HttpBlock>();
        services.AddSingleton<Block, SmtpBlock>();
        services.AddSingleton<Block, WriteFileBlock>();
        services.AddSingleton<Block, ReadFileBlock>();
        services.AddSingleton<Block, TemplateBlock>();
        services.AddSingleton<Block, PickBlock>();
        services.AddSingleton<Block, WaitBlock>();
        services.AddSingleton<Block, HumanInTheLoopBlock>();
        services.AddSingleton<Block, StoreValueBlock>();
        services.AddSingleton<BlockRegistry>();
        return services;
    }
}
