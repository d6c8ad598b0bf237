using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace HitlReview.Tests.Support;

/// <summary>A running HitlReview: in this process (<see cref="TestApp"/>) or in one of its own (<see cref="ProcessApp"/>).</summary>
public interface IApp
{
    /// <summary>Where it serves.</summary>
    Uri Address { get; }
}

/// <summary>The ways into a running HitlReview.</summary>
public static partial class AppClients
{
    /// <summary>
    /// A client with the person's API keys: the one that asks, and for what a person decides the other. Without a person, one that nobody
    /// knows.
    /// </summary>
    public static HttpClient Client(this IApp app, Person? person = null)
    {
        HttpMessageHandler plain = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        return new HttpClient(person is null ? plain : new TwoKeys(person, plain)) { BaseAddress = app.Address };
    }

    /// <summary>A client with this one key.</summary>
    public static HttpClient ClientWithKey(this IApp app, string key)
    {
        var client = Client(app);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A client with the cookie that signing in on the sign-in page gives.</summary>
    public static async Task<HttpClient> SignInAsync(this IApp app, Person person) => (await SignInWithCookiesAsync(app, person)).Client;

    /// <summary>As <see cref="SignInAsync"/>, with the cookies for a browser.</summary>
    public static async Task<(HttpClient Client, CookieCollection Cookies)> SignInWithCookiesAsync(this IApp app, Person person)
    {
        var cookies = new CookieContainer();
        var client =
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = app.Address };
        var ct = TestContext.Current.CancellationToken;
        var page = await client.GetStringAsync("/account/login", ct);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "login",
            ["__RequestVerificationToken"] = WebUtility.HtmlDecode(AntiforgeryToken().Match(page).Groups[1].Value),
            ["Input.Email"] = person.Email,
            ["Input.Password"] = Person.Password,
        });
        using var answer = await client.PostAsync(new Uri("/account/login", UriKind.Relative), form, ct);
        Assert.True(
            answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther,
            $"{person.Email} could not sign in: {(int)answer.StatusCode}");
        return (client, cookies.GetCookies(app.Address));
    }

    /// <summary>Listens at the hub with the person's API key.</summary>
    public static Task<HubListener> ListenAsync(this IApp app, Person person) =>
        HubListener.OpenAsync(new(app.Address, "hubs/reviews"), person);

    /// <summary>Who asks doesn't decide, so a person's programs have two keys between them.</summary>
    sealed class TwoKeys(Person person, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            var decides = path == "/api/review/action" || path.EndsWith("/settle", StringComparison.Ordinal);
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", decides ? person.DecidingKey : person.Key);
            return base.SendAsync(request, cancellationToken);
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
