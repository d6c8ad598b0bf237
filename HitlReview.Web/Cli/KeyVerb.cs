using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Web.Cli;

/// <summary><c>key add EMAIL --name NAME</c>, <c>key list [EMAIL]</c>, <c>key revoke ID</c></summary>
static partial class KeyVerb
{
    public static Command Make() => new("key", "API keys") { Add(), List(), Revoke() };

    static Command Add()
    {
        var email = new Argument<string>("email") { Description = "The account on whose behalf the key calls. It must exist." };
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var may = new Option<KeyMay>("--may")
        {
            Description = "What the key may, one or several of ask, decide, admin, metrics; ask where nothing is named. "
                + "A key never decides what it asked for itself.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => KeyMay.ask,
            CustomParser = Rights,
        };
        var expiresIn = new Option<TimeSpan?>("--expires-in")
        {
            Description = "How long the key works, such as 90d, 12h or 1.12:00:00; without it for ever.",
            CustomParser = Span,
        };
        var add = new Command("add", "Make an API key. Only the key is printed, this once.") { email, name, may, expiresIn };
        add.Does(async (services, parsed, ct) =>
        {
            var user = await UserAsync(services, parsed.GetRequiredValue(email));
            var draft = new KeyDraft(parsed.GetRequiredValue(name), parsed.GetValue(may)) { ExpiresIn = parsed.GetValue(expiresIn) };
            var made = await services.GetRequiredService<ApiKeys>().CreateAsync(user.Id, draft, by: null, ct);
            await Console.Out.WriteLineAsync(made.Secret);
            return 0;
        });
        return add;
    }

    static Command List()
    {
        var email = new Argument<string?>("email") { Description = "Whose keys; without it everybody's.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Command(
            "list", "List the API keys that are not revoked, newest first; never the keys themselves. Times are in UTC.") { email };
        list.Does(async (services, parsed, ct) =>
        {
            var user = parsed.GetValue(email) is { } wanted ? await UserAsync(services, wanted) : null;
            await Console.Out.WriteLineAsync(Row("ID", "KEY", "OWNER", "MAY", "MADE", "LAST USED", "ENDS", "NAME"));
            foreach (var (key, owner) in await services.GetRequiredService<ApiKeys>().ListAllAsync(by: null, user?.Id, ct))
                await Console.Out.WriteLineAsync(Row(
                    key.Id, key.Prefix + "…", Visible.Plain(owner), key.May.ToString().Replace(" ", "", StringComparison.Ordinal),
                    Moment(key.CreatedAt), Moment(key.LastUsedAt), Moment(key.ExpiresAt), Visible.Plain(key.Name)));
            return 0;
        });
        return list;
    }

    static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as key list prints it." };
        const string Words = "Revoke an API key of any account. A running server refuses it within ten seconds, "
            + "and writes nothing more for it.";
        var revoke = new Command("revoke", Words) { id };
        revoke.Does(async (services, parsed, ct) =>
        {
            var key = await services.GetRequiredService<ApiKeys>().RevokeAnyAsync(by: null, parsed.GetRequiredValue(id), ct);
            await Console.Error.WriteLineAsync($"Revoked {key.Prefix}… {Visible.Plain(key.Name)}.");
            return 0;
        });
        return revoke;
    }

    static async Task<HitlUser> UserAsync(IServiceProvider services, string email) =>
        await services.GetRequiredService<UserManager<HitlUser>>().FindByEmailAsync(email)
        ?? throw new RefusedException(Refusal.NotFound,
            $"There is no account for '{email}'. Make one with: user add {email} --role {Roles.Reviewer}");

    static KeyMay Rights(ArgumentResult given)
    {
        try
        {
            return KeyWords.Parse(given.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)));
        }
        catch (RefusedException e)
        {
            given.AddError($"--may: {e.Message}");
            return KeyMay.none;
        }
    }

    static TimeSpan? Span(ArgumentResult given)
    {
        var text = given.Tokens is [{ Value: var only }] ? only : "";
        if (ShortSpan().Match(text) is { Success: true } spoken)
        {
            var number = int.Parse(spoken.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            return spoken.Groups[2].Value == "d" ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
        }
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
            return span;
        given.AddError($"--expires-in: '{text}' is no time such as 90d, 12h or 1.12:00:00.");
        return null;
    }

    static string Row(params ReadOnlySpan<string> cells) => string.Join('\t', cells);

    static string Moment(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    [GeneratedRegex(@"^(\d{1,6})([dh])$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortSpan();
}
