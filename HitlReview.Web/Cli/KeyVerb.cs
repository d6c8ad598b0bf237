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
        var may = new Option<KeyMay[]>("--may")
        {
            Description = "What the key may: ask (if nothing is named), decide, admin, metrics. A key never decides what it asked for itself.",
            AllowMultipleArgumentsPerToken = true,
        };
        var expiresIn = new Option<TimeSpan?>("--expires-in") { Description = "How long the key works, such as 90.00:00:00 for 90 days; without it for ever." };
        var add = new Command("add", "Make an API key. Only the key is printed, this once.") { email, name, may, expiresIn };
        add.Does(async (services, parsed, ct) =>
        {
            var wanted = parsed.GetRequiredValue(email);
            var user = await services.GetRequiredService<UserManager<HitlUser>>().FindByEmailAsync(wanted)
                ?? throw new RefusedException(Refusal.NotFound, $"There is no account for '{wanted}'. Make one with: user add {wanted} --role {Roles.Reviewer}");
            var made = await services.GetRequiredService<ApiKeys>().CreateAsync(user.Id, new(parsed.GetRequiredValue(name), Rights(parsed.GetValue(may)))
            {
                ExpiresIn = parsed.GetValue(expiresIn),
            }, by: null, ct);
            await Console.Out.WriteLineAsync(made.Secret);
            return 0;
        });
        return new("key", "API keys") { add };
    }

    static KeyMay Rights(KeyMay[]? named) => named is null or [] ? KeyMay.ask : named.Aggregate(KeyMay.none, (all, one) => all | one);
}
