using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Web.Cli;

/// <summary>
/// Fills a database of its own for a newcomer: a user, graphs worth looking at, and executions that really run. Only on <c>--demo</c>.
/// </summary>
static class Demo
{
    /// <summary>The demo's database where no other is named: what somebody tries out doesn't end up among what they work with.</summary>
    public const string File = "demo.db";

    const string Email = "demo@hitlreview.example";

    /// <summary>Makes the demo user and its executions where they aren't there yet.</summary>
    /// <returns>Path and query of a link that signs in, once.</returns>
    /// <exception cref="StoreException">
    /// The database is in use by other accounts, so a demo has no business there; or the demo's account was disabled.
    /// </exception>
    public static async Task<string> FillAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>();
        var user = await users.FindByEmailAsync(Email);
        if (user is null && await users.Users.AnyAsync(ct))
            throw new StoreException(
                "--demo fills only a database without other accounts. Name a new one in ConnectionStrings:HitlReview.");
        if (user?.IsDisabled(services.GetRequiredService<TimeProvider>().GetUtcNow()) == true)
            throw new StoreException(
                $"The demo's account is disabled. For a new demo delete {services.GetRequiredService<Store>().Place}.");

        // Without a password: the link is the only way in, and there is nothing to be guessed or forgotten.
        user ??= await scope.ServiceProvider.GetRequiredService<UserAccounts>().AddAsync(
            Email, password: null, Roles.Admin, actorId: null, Surface.Cli, ct);
        var demo = new Caller(user.Id, IsAdmin: true, Surface.Cli);
        await using var db = services.GetRequiredService<Store>().CreateDbContext();
        if (!await db.Graphs.AnyAsync(g => g.UserId == user.Id, ct))
            await StartAllAsync(services, demo, ct);
        if (!await db.ApiKeys.AnyAsync(k => k.UserId == user.Id, ct))
            await AskAsync(services, demo, ct);
        if (services.GetRequiredService<Assistant>().ModelName is null && !await db.CopilotMessages.AnyAsync(ct))
            await ChatAsync(services, demo, ct);
        return services.GetRequiredService<DemoLink>().Open(user.Id);
    }

    static async Task StartAllAsync(IServiceProvider services, Caller demo, CancellationToken ct)
    {
        var graphs = services.GetRequiredService<Graphs>();
        var executions = services.GetRequiredService<ExecutionService>();
        foreach (var (name, nodes, links) in DemoGraphs.All(services.GetRequiredService<BlockRegistry>()))
        {
            var graph = await graphs.StoreAsync(demo, new(null, name, new(nodes, links)), ct);
            await executions.StartAsync(demo, graph.Id, null, ct);
        }
    }

    /// <summary>A chat in which something was found, and something waits: the next step is the newcomer's.</summary>
    static async Task ChatAsync(IServiceProvider services, Caller demo, CancellationToken ct)
    {
        var chats = services.GetRequiredService<Chats>();
        var session = await services.GetRequiredService<CopilotSessions>().OpenAsync(demo, ct);
        foreach (var (i, said) in DemoGraphs.Said.Index())
            await chats.SendAsync(demo, session.Id, $"demo-{i}", said, ct);
    }

    /// <summary>
    /// The requests of outside agents, each with a key of its own, so that the cards say which agent asks. Nobody ever sees the keys.
    /// </summary>
    static async Task AskAsync(IServiceProvider services, Caller demo, CancellationToken ct)
    {
        var keys = services.GetRequiredService<ApiKeys>();
        var agents = services.GetRequiredService<OutsideAgents>();
        foreach (var (agent, requests) in DemoGraphs.AgentRequests)
        {
            var key = (await keys.CreateAsync(demo.UserId, new(agent), by: null, ct)).Key;
            foreach (var request in requests)
                await agents.RequestAsync(demo with { IsAdmin = false, Key = new(key.Id, key.Name, key.May) }, request, ct);
        }
    }
}
