using System.CommandLine;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Web.Cli;

/// <summary><c>key add EMAIL --name NAME</c></summary>
static class KeyVerb
{
    public static Command Make()
    {
        var email = new Argument<string>("email") { Description = "The account on whose behalf the key calls. It must exist." };
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var add = new Command("add", "Make an API key. Only the key is printed, this once.") { email, name };
        add.Does(async (services, parsed, ct) =>
        {
            var wanted = parsed.GetRequiredValue(email);
            var user = await services.GetRequiredService<UserManager<HitlUser>>().FindByEmailAsync(wanted)
                ?? throw new RefusedException(Refusal.NotFound, $"There is no account for '{wanted}'. Make one with: user add {wanted} --role {Roles.Reviewer}");
            var made = await services.GetRequiredService<ApiKeys>().CreateAsync(user.Id, parsed.GetRequiredValue(name), actorId: null, Surface.Cli, ct);
            await Console.Out.WriteLineAsync(made.Secret);
            return 0;
        });
        return new("key", "API keys") { add };
    }
}
