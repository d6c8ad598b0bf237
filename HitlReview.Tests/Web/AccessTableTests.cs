using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Cli;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;

namespace HitlReview.Tests.Web;

/// <summary>
/// Who gets in where: every address that the program answers, every method of its hubs and every verb of its command line, against every
/// kind of caller. Whatever is added without a row fails, and so does a row without its address.
/// </summary>
public sealed partial class AccessTableTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();

    /// <summary>
    /// <c>yes</c>: let in, whatever is then said of a request that names nothing real; <c>401</c> and <c>403</c>: refused; <c>302</c>: to
    /// the sign-in. The callers: nobody; a reviewer and an admin by cookie; an admin's keys (A) that may ask, decide, admin, metrics, and
    /// two of the first three together; a reviewer's (R) that may ask, decide; an admin's key that may all of it but is revoked, or has
    /// expired; a cookie whose person is signed out.
    /// </summary>
    const string Addresses = """
        CALL                                                             nob rev adm | Aas Ade Aad Ame | Aa+d Aa+a Ad+a | Ras Rde | rvk exp | out
        GET /api/review/pending                                          401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/review/execution/{graph_exec_id}                        401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/review/{node_exec_id}                                   401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/review/action                                          401 yes yes | 403 yes 403 403 | yes  403  yes  | 403 yes | 401 401 | 401
        POST /api/review/request                                         401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/review/{node_exec_id}/consume                          401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/review/auto-approvals/                                  401 yes yes | 403 yes 403 403 | yes  403  yes  | 403 yes | 401 401 | 401
        DELETE /api/review/auto-approvals/                               401 yes yes | 403 yes 403 403 | yes  403  yes  | 403 yes | 401 401 | 401
        GET /api/blocks                                                  401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/graphs/                                                401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/graphs/                                                 401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/graphs/{id}                                             401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/executions/                                            401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/executions/                                             401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/executions/{graph_exec_id}                              401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/executions/{graph_exec_id}/stop                        401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/executions/{graph_exec_id}/nodes/{node_exec_id}/settle 401 yes yes | 403 yes 403 403 | yes  403  yes  | 403 yes | 401 401 | 401
        GET /api/executions/{graph_exec_id}/nodes                        401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /api/executions/{graph_exec_id}/nodes/{node_exec_id}         401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        POST /api/copilot/sessions/                                      401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/copilot/sessions/                                       401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/copilot/sessions/{session_id}                           401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        PATCH /api/copilot/sessions/{session_id}                         401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        DELETE /api/copilot/sessions/{session_id}                        401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/copilot/sessions/{session_id}/messages                  401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/messages                 401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/copilot/sessions/{session_id}/stream                    401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/stop                     401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/retry                    401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/find_block               401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/run_block                401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        POST /api/copilot/sessions/{session_id}/continue_run_block       401 yes yes | yes 403 403 403 | yes  yes  403  | yes 403 | 401 401 | 401
        GET /api/admin/executions/                                       401 403 yes | 403 403 yes 403 | 403  yes  yes  | 403 403 | 401 401 | 401
        POST /api/admin/executions/{graph_exec_id}/cancel                401 403 yes | 403 403 yes 403 | 403  yes  yes  | 403 403 | 401 401 | 401
        POST /api/admin/executions/cancel                                401 403 yes | 403 403 yes 403 | 403  yes  yes  | 403 403 | 401 401 | 401
        GET /healthz/live                                                yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /healthz/ready                                               yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /hubs/reviews/negotiate                                      401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /hubs/reviews                                                401 yes yes | yes yes 403 403 | yes  yes  yes  | yes yes | 401 401 | 401
        GET /metrics                                                     401 403 yes | 403 403 403 yes | 403  403  403  | 403 403 | 401 401 | 401
        GET /openapi/{documentName}.json                                 yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /docs/api/scalar.js                                          yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /docs/api/scalar.aspnetcore.js                               yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /docs/api/favicon.svg                                        yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET /docs/api/{documentName?}                                    yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        GET (files)                                                      yes yes yes | yes yes yes yes | yes  yes  yes  | yes yes | yes yes | yes
        POST /account/logout                                             302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /_framework/opaque-redirect                                  302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /error/{Code:int}                                            yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        POST /error/{Code:int}                                           yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /not-found                                                   302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /not-found                                                  302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /auto-approvals                                              302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /auto-approvals                                             302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /                                                            302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /                                                           302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /review/{NodeExecId}                                         302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /review/{NodeExecId}                                        302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /decided                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /decided                                                    302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /decided/{NodeExecId}                                        302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /decided/{NodeExecId}                                       302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /preferences                                                 302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /preferences                                                302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /graphs                                                      302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /graphs/new                                                  302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /graphs/new                                                 302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /graphs/{GraphId}                                            302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /graphs/{GraphId}                                           302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /palette                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /graphs                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /executions/{GraphExecId}                                    302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /executions/{GraphExecId}                                   302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /copilot                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /copilot                                                    302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /copilot/{SessionId}                                         302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /copilot/{SessionId}                                        302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /executions                                                  302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /executions                                                 302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /admin                                                       302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /admin                                                      302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /admin/executions                                            302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /admin/executions                                           302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /admin/people                                                302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /admin/people                                               302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /admin/people/{UserId}                                       302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /admin/people/{UserId}                                      302 403 yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /account                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /account                                                    302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /account/keys                                                302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /account/keys                                               302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /account/login                                               yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        POST /account/login                                              yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/setup                                               yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        POST /account/setup                                              yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/seen                                                yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/stands                                              yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/demo                                                yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        POST /account/demo                                               yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/passkeys                                            302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /account/passkeys                                           302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /account/passkeys/password                                  302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /account/passkey                                             yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        POST /account/passkey                                            yes yes yes | 403 403 403 403 | 403  403  403  | 403 403 | yes yes | yes
        GET /account/sessions                                            302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        POST /account/sessions                                           302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /_blazor/negotiate                                           302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /_blazor                                                     302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /_blazor/disconnect/                                         302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        GET /_blazor/initializers/                                       302 yes yes | 403 403 403 403 | 403  403  403  | 403 403 | 401 401 | 302
        """;

    /// <summary>Verbs ask nobody: whoever may run the program on its database is the operator, and everything is in the trail as from the
    /// command line.</summary>
    static readonly string[] Verbs = ["audit verify", "key add", "key list", "key revoke", "user add", "user disable",
        "user enable", "user list", "user remove-passkeys", "user reset-password", "user role", "user sign-out"];

    /// <summary>Methods that a connection can call. The hub only speaks: what it says is narrowed by caller, see ReviewsHubSpec.</summary>
    static readonly string[] HubMethods = [];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    TestApp App { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        App = await TestApp.StartAsync(_store, new Dictionary<string, string> { ["Accounts:SignInsPerMinute"] = "1000" });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact, Invariant(1), Invariant(11)]
    public async Task Each_address_lets_in_exactly_whom_the_table_says()
    {
        var rows = Addresses.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        var names = rows[0][1..];
        var expected = rows.Skip(1).ToDictionary(row => $"{row[0]} {row[1]}", row => row[2..]);
        var callers = await CallersAsync();
        Assert.Equal(names, callers.Select(caller => caller.Name));
        var calls = Calls();

        var faults = new List<string>();
        faults.AddRange(expected.Keys.Except(calls.Keys).Select(call => $"{call}: there is no such address"));
        foreach (var (call, address) in calls)
        {
            var cells = expected.GetValueOrDefault(call) ?? [];
            var answers = new List<string>();
            foreach (var (name, client) in callers)
                answers.Add(await AskAsync(client, call.Split(' ')[0], address));
            if (!answers.SequenceEqual(cells))
                faults.Add(
                    $"{call} {string.Join(' ', answers)} {(cells.Length == 0 ? "has no row" : "is not " + string.Join(' ', cells))}");
        }
        foreach (var (_, client) in callers)
            client.Dispose();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_file_of_the_pages_is_for_anybody() =>
        Assert.All(Routes().Where(IsFile), file => Assert.NotNull(file.Metadata.GetMetadata<IAllowAnonymous>()));

    [Fact]
    public void Every_method_of_the_hubs_is_in_the_table() => Assert.Equal(
        HubMethods,
        from hub in Routes().Select(route => route.Metadata.GetMetadata<HubMetadata>()?.HubType).OfType<Type>().Distinct()
        where hub.Assembly == typeof(Program).Assembly
        from method in hub.GetMethods()
        where method.DeclaringType == hub && method.GetBaseDefinition().DeclaringType == hub
        orderby hub.Name, method.Name
        select $"{hub.Name}.{method.Name}");

    [Fact]
    public void Every_verb_is_in_the_table()
    {
        Assert.Equal(Verbs, Under(CommandLine.Root(new Option<bool>("--demo"))).Order(StringComparer.Ordinal));

        static IEnumerable<string> Under(Command command) => command.Subcommands.SelectMany(verb =>
            verb.Subcommands.Count == 0 ? [verb.Name] : Under(verb).Select(inner => $"{verb.Name} {inner}"));
    }

    /// <summary>Everybody who could call.</summary>
    async Task<List<(string Name, HttpClient Client)>> CallersAsync()
    {
        var keys = App.Get<ApiKeys>();
        var callers = new List<(string, HttpClient)>
        {
            ("nob", App.Client()),
            ("rev", await App.SignInAsync(Cast.Rosa)),
            ("adm", await App.SignInAsync(Cast.Ada)),
        };
        foreach (var may in new[] { KeyMay.ask, KeyMay.decide, KeyMay.admin, KeyMay.metrics })
            await AddAsync($"A{may.ToString()[..2]}", Cast.Ada, may);
        await AddAsync("Aa+d", Cast.Ada, KeyMay.ask | KeyMay.decide);
        await AddAsync("Aa+a", Cast.Ada, KeyMay.ask | KeyMay.admin);
        await AddAsync("Ad+a", Cast.Ada, KeyMay.decide | KeyMay.admin);
        foreach (var may in new[] { KeyMay.ask, KeyMay.decide })
            await AddAsync($"R{may.ToString()[..2]}", Cast.Rosa, may);

        var revoked = await keys.CreateAsync(Cast.Ada.Id, new("table", KeyWords.Parse(KeyWords.All)), null, Ct);
        await keys.RevokeAnyAsync(null, revoked.Key.Id, Ct);
        callers.Add(("rvk", App.ClientWithKey(revoked.Secret)));

        const string Ended = "hitl_a_key_that_has_ended";
        await using var db = App.Db();
        var made = Cast.Ada.ToApiKey("ended", "table", Ended, KeyWords.Parse(KeyWords.All));
        db.ApiKeys.Add(new()
        {
            Id = made.Id,
            UserId = made.UserId,
            Name = made.Name,
            Hash = made.Hash,
            Prefix = made.Prefix,
            May = made.May,
            CreatedAt = made.CreatedAt,
            ExpiresAt = made.CreatedAt.AddDays(1),
        });
        await db.SaveChangesAsync(Ct);
        callers.Add(("exp", App.ClientWithKey(Ended)));
        // Signed out, with a copy of the cookie.
        callers.Add(("out", await App.SignInAsync(Cast.Ben)));
        await App.Get<UserSessions>().EndOthersAsync(Cast.Ben.Caller(Surface.Ui), Ct);
        return callers;

        async Task AddAsync(string name, Person of, KeyMay may) =>
            callers.Add((name, App.ClientWithKey((await keys.CreateAsync(of.Id, new("table", may), null, Ct)).Secret)));
    }

    /// <summary>Each call, and an address for it. All files of the pages are one call; where a route says nothing of methods, it is called
    /// with GET.</summary>
    Dictionary<string, string> Calls()
    {
        var calls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var route in Routes())
        {
            if (IsFile(route))
            {
                calls["GET (files)"] = "/app.css";
                continue;
            }
            var pattern = "/" + route.RoutePattern.RawText!.TrimStart('/');
            var address = Parameter().Replace(pattern, match => match.Value.Contains(":int", StringComparison.Ordinal) ? "404" : "x");
            var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
            foreach (var method in methods.Count == 0 ? ["GET"] : methods)
                calls[$"{method} {pattern}"] = address;
        }
        return calls;
    }

    IEnumerable<RouteEndpoint> Routes() => App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    static bool IsFile(RouteEndpoint route) => route.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    static async Task<string> AskAsync(HttpClient client, string method, string address)
    {
        using var request = new HttpRequestMessage(new(method), new Uri(address, UriKind.Relative));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "401",
            HttpStatusCode.Forbidden => "403",
            HttpStatusCode.TooManyRequests => "429",
            HttpStatusCode.Found when $"{response.Headers.Location}".Contains("/account/login", StringComparison.Ordinal) => "302",
            _ => "yes",
        };
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
