using System.CommandLine;
using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Cli;

/// <summary><c>user add|list|disable|enable|role|reset-password|remove-passkeys|sign-out</c></summary>
static class UserVerb
{
    // A pipe that never says anything must not hang a set-up script; a password manager may take a moment.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Make() => new("user", "Accounts")
    {
        Add(), List(), Disable(), Enable(), Role(), ResetPassword(), RemovePasskeys(), SignOut(),
    };

    static Command Add()
    {
        var email = new Argument<string>("email") { Description = "The address to sign in with." };
        var role = new Option<string>("--role")
        {
            Description = "reviewer, or admin who moreover sees and cancels everybody's executions.",
            Required = true,
        };
        role.AcceptOnlyFromAmong(Roles.Reviewer, Roles.Admin);
        const string Words =
            "Make an account. The password is the first line of standard input; where none comes, one is generated and printed.";
        var add = new Command("add", Words) { email, role };
        add.Does(async (services, parsed, ct) =>
        {
            var accounts = services.GetRequiredService<UserAccounts>();
            var given = await ReadPasswordAsync(ct);
            var password = given ?? UserAccounts.NewPassword();
            var user = await accounts.AddAsync(
                parsed.GetRequiredValue(email), password, parsed.GetRequiredValue(role), actorId: null, Surface.Cli, ct);
            await Console.Error.WriteLineAsync($"Added {user.Email} as {parsed.GetRequiredValue(role)}.");
            if (given is null)
                await Console.Out.WriteLineAsync(password);
            return 0;
        });
        return add;
    }

    static Command List()
    {
        var search = new Option<string?>("--search") { Description = "A part of the address." };
        const string What = "List the accounts: address, role, state, ways to sign in, open sign-ins, when last seen, keys that work; "
            + "separated by tabs.";
        var list = new Command("list", What) { search };
        list.Does(async (services, parsed, ct) =>
        {
            var people = services.GetRequiredService<People>();
            var shown = 0;
            for (var page = 1; await people.ListAsync(null, parsed.GetValue(search), page, ct) is { Items.Count: > 0 } part; page++)
                foreach (var row in part.Items)
                {
                    await Console.Out.WriteLineAsync(
                        string.Join('\t', row.Email, row.Role, row.State, Ways(row), row.Sessions, Seen(row), row.Keys));
                    shown++;
                }
            await Console.Error.WriteLineAsync($"{shown} {(shown == 1 ? "account" : "accounts")}.");
            return 0;
        });
        return list;

        static string Ways(PersonRow row) => (row.HasPassword, row.HasPasskey, row.HasOidc) switch
        {
            (true, true, true) => "password+passkey,oidc",
            (true, true, false) => "password+passkey",
            (true, false, true) => "password,oidc",
            (true, false, false) => "password",
            (false, _, true) => "oidc",
            _ => "none",
        };

        static string Seen(PersonRow row) => row.LastSeenAt?.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture) ?? "-";
    }

    static Command Disable()
    {
        var email = Whose();
        var reason = new Option<string?>("--reason") { Description = "Why; it goes to the audit trail." };
        const string What = "Disable an account: its sign-ins end, its keys stop, what it runs is stopped, "
            + "and its decisions that can still be undone are withdrawn.";
        var disable = new Command("disable", What) { email, reason };
        disable.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            var done = await people.DisableAsync(null, id, parsed.GetValue(reason), ct);
            var ended = $"{Count(done.SessionsEnded, "sign-in")} ended, {Count(done.DecisionsWithdrawn, "decision")} withdrawn, "
                + $"{Count(done.ExecutionsStopped, "execution")} stopped";
            var keys = "A server that runs refuses their keys within a second";
            return await TellAsync(parsed.GetRequiredValue(email), done, $"is disabled: {ended}. {keys}", "is disabled already");
        });
        return disable;
    }

    static Command Enable()
    {
        var email = Whose();
        var enable = new Command("enable", "Let a disabled or locked account be entered again.") { email };
        enable.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            return await TellAsync(parsed.GetRequiredValue(email), await people.EnableAsync(null, id, ct), "is enabled",
                "is neither disabled nor locked");
        });
        return enable;
    }

    static Command Role()
    {
        var email = Whose();
        var role = new Argument<string>("role") { Description = "reviewer or admin." };
        role.AcceptOnlyFromAmong(Roles.Reviewer, Roles.Admin);
        var give = new Command("role", "Give an account another role; its sign-ins end.") { email, role };
        give.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            var wanted = parsed.GetRequiredValue(role);
            var done = await people.SetRoleAsync(null, id, wanted, ct);
            return await TellAsync(parsed.GetRequiredValue(email), done, $"is {wanted} now: {Count(done.SessionsEnded, "sign-in")} ended",
                $"is {wanted} already");
        });
        return give;
    }

    static Command ResetPassword()
    {
        var email = Whose();
        const string What = "Give an account a new password; its sign-ins end. "
            + "The password is the first line of standard input; where none comes, one is generated and printed.";
        var reset = new Command("reset-password", What) { email };
        reset.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            var given = await ReadPasswordAsync(ct);
            var password = given ?? UserAccounts.NewPassword();
            var done = await people.ResetPasswordAsync(null, id, password, ct);
            if (given is null)
                await Console.Out.WriteLineAsync(password);
            return await TellAsync(parsed.GetRequiredValue(email), done,
                $"has a new password: {Count(done.SessionsEnded, "sign-in")} ended", "");
        });
        return reset;
    }

    static Command RemovePasskeys()
    {
        var email = Whose();
        const string What = "Remove all passkeys of somebody who has lost them: their password alone signs them in again.";
        var remove = new Command("remove-passkeys", What) { email };
        remove.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            return await TellAsync(
                parsed.GetRequiredValue(email), await people.RemovePasskeysAsync(null, id, ct), "has no passkeys any more", "has none");
        });
        return remove;
    }

    static Command SignOut()
    {
        var email = Whose();
        var signOut = new Command("sign-out", "End all sign-ins of an account. Its keys go on.") { email };
        signOut.Does(async (services, parsed, ct) =>
        {
            var (people, id) = await FindAsync(services, parsed.GetRequiredValue(email), ct);
            var done = await people.SignOutAsync(null, id, ct);
            return await TellAsync(parsed.GetRequiredValue(email), done, $"is signed out: {Count(done.SessionsEnded, "sign-in")} ended",
                "");
        });
        return signOut;
    }

    static Argument<string> Whose() => new("email") { Description = "The address of the account." };

    static async Task<(People People, string Id)> FindAsync(IServiceProvider services, string email, CancellationToken ct)
    {
        var people = services.GetRequiredService<People>();
        return (people, await people.FindAsync(email, ct) ?? throw new RefusedException(
            Refusal.NotFound, $"There is no account for '{email}'."));
    }

    static async Task<int> TellAsync(string email, PersonChange done, string changed, string unchanged)
    {
        await Console.Error.WriteLineAsync($"{email} {(done.Changed ? changed : unchanged)}.");
        if (done.LeavesNoAdmin)
            await Console.Error.WriteLineAsync("Warning: no admin is left who can sign in. Make one with: user role EMAIL admin");
        return 0;
    }

    static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

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
