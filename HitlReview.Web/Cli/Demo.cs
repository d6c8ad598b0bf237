using System.Security.Cryptography;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Web.Cli;

/// <summary>Fills an empty database for a newcomer: a user, graphs worth looking at, and executions that really run. Only on <c>--demo</c>.</summary>
static class Demo
{
    const string Email = "demo@hitlreview.example";

    /// <summary>Makes the demo user, prints how to sign in, and starts the executions of a first start.</summary>
    /// <exception cref="StoreException">The database is in use by other accounts: a demo has no business there.</exception>
    public static async Task FillAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>();
        if (await users.Users.AnyAsync(u => u.NormalizedEmail != users.NormalizeEmail(Email), ct))
            throw new StoreException("--demo fills only a database without other accounts. Name a new one in ConnectionStrings:HitlReview.");

        // 128 random bits: nobody has to remember it, and there is no default to forget about.
        var password = $"Demo-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        var known = await users.FindByEmailAsync(Email);
        if (known is null)
        {
            var user = await scope.ServiceProvider.GetRequiredService<UserAccounts>().AddAsync(Email, password, Roles.Admin, null, Surface.Cli, ct);
            await StartAllAsync(services, new(user.Id, IsAdmin: true, Surface.Cli), ct);
        }
        else if (await users.ResetPasswordAsync(known, await users.GeneratePasswordResetTokenAsync(known), password) is { Succeeded: false } refused)
        {
            throw new StoreException($"The demo user's password could not be renewed: {string.Join(" ", refused.Errors.Select(e => e.Description))}");
        }
        await Console.Out.WriteLineAsync($"Demo: sign in as {Email} with the password {password}");
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
        var reviews = services.GetRequiredService<ReviewService>();
        foreach (var request in DemoGraphs.AgentRequests)
            await reviews.RequestAsync(demo, request, ct);
    }
}
