using System.CommandLine;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Web.Cli;

/// <summary><c>passkey remove EMAIL</c></summary>
static class PasskeyVerb
{
    public static Command Make()
    {
        var email = new Argument<string>("email") { Description = "The account of somebody who has lost their passkeys." };
        var remove = new Command("remove", "Remove all passkeys of an account: its password alone signs in again.") { email };
        remove.Does(async (services, parsed, ct) =>
        {
            var wanted = parsed.GetRequiredValue(email);
            var user = await services.GetRequiredService<UserManager<HitlUser>>().FindByEmailAsync(wanted)
                ?? throw new RefusedException(Refusal.NotFound, $"There is no account for '{wanted}'.");
            var removed = await services.GetRequiredService<Passkeys>().RemoveAllAsync(by: null, user.Id, ct);
            await Console.Error.WriteLineAsync($"{user.Email} had {removed} {(removed == 1 ? "passkey" : "passkeys")}, and has none now.");
            return 0;
        });
        return new("passkey", "Passkeys") { remove };
    }
}
