using System.CommandLine;
using System.Security.Cryptography;
using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Cli;

/// <summary><c>user add EMAIL --role reviewer|admin</c></summary>
static class UserVerb
{
    // A pipe that never says anything must not hang a set-up script; a password manager may take a moment.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Make()
    {
        var email = new Argument<string>("email") { Description = "The address to sign in with." };
        var role = new Option<string>("--role") { Description = "reviewer, or admin who moreover sees and cancels everybody's executions.", Required = true };
        role.AcceptOnlyFromAmong(Roles.Reviewer, Roles.Admin);
        var add = new Command("add", "Make an account. The password is the first line of standard input; where none comes, one is generated and printed.") { email, role };
        add.Does(async (services, parsed, ct) =>
        {
            var accounts = services.GetRequiredService<UserAccounts>();
            var given = await ReadPasswordAsync(ct);
            var password = given ?? RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 24);
            var user = await accounts.AddAsync(parsed.GetRequiredValue(email), password, parsed.GetRequiredValue(role), actorId: null, Surface.Cli, ct);
            await Console.Error.WriteLineAsync($"Added {user.Email} as {parsed.GetRequiredValue(role)}.");
            if (given is null)
                await Console.Out.WriteLineAsync(password);
            return 0;
        });
        return new("user", "Accounts") { add };
    }

    static async Task<string?> ReadPasswordAsync(CancellationToken ct)
    {
        if (!Console.IsInputRedirected)
            return null;
        try
        {
            var line = await Task.Run(Console.In.ReadLine, ct).WaitAsync(Patience, ct);
            return string.IsNullOrEmpty(line) ? null : line;
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"No password came on standard input within {Patience.TotalSeconds:0} s: generating one.");
            return null;
        }
    }
}
