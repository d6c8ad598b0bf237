using System.Net;
using System.Text.RegularExpressions;

namespace HitlReview.Tests.Support;

/// <summary>A page's form, filled in and sent as a browser does it.</summary>
public static partial class Form
{
    /// <summary>A client that keeps cookies and does not follow redirects.</summary>
    public static HttpClient NewVisitor(this IApp app) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = app.Address };

    /// <summary>
    /// Opens a page, fills in the form of that name on it and sends it; where that leads back to the page, opens it again.
    /// </summary>
    /// <param name="client">Keeps the cookies.</param>
    /// <param name="page">The page's address.</param>
    /// <param name="form">The form's name.</param>
    /// <param name="fields">What to fill in.</param>
    public static async Task<Page> SendFormAsync(
        this HttpClient client, string page, string form, params (string Name, string Value)[] fields)
    {
        return await client.SendFormAsync(page, await client.OpenAsync(page), form, fields);
    }

    /// <summary>As above, from a page that is open already: what became of it since is not seen.</summary>
    public static async Task<Page> SendFormAsync(
        this HttpClient client,
        string page,
        Page open,
        string form,
        params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(
        [
            new("_handler", form),
            new("__RequestVerificationToken", AntiforgeryToken().Match(open.Html).Groups[1].Value),
            .. fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)),
        ]);
        using var response = await client.PostAsync(new Uri(page, UriKind.Relative), content, TestContext.Current.CancellationToken);
        var answer = await Page.OfAsync(response);
        // A page that says of itself what was done.
        return answer.Location == page ? await client.OpenAsync(page) with { SetCookies = answer.SetCookies } : answer;
    }

    /// <summary>Signs in on the sign-in page.</summary>
    public static Task<Page> SignInAsync(this HttpClient client, string email, string password, string? returnUrl = null) =>
        client.SendFormAsync(
            "/account/login" + (returnUrl is null ? "" : "?returnUrl=" + Uri.EscapeDataString(returnUrl)), "login", ("Input.Email", email),
            ("Input.Password", password));

    /// <summary>Opens a page.</summary>
    public static async Task<Page> OpenAsync(this HttpClient client, string page)
    {
        using var response = await client.GetAsync(new Uri(page, UriKind.Relative), TestContext.Current.CancellationToken);
        return await Page.OfAsync(response);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}

/// <summary>A page as it came.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Html">The text.</param>
/// <param name="Location">Where it redirects to, path and query; null if it doesn't.</param>
/// <param name="SetCookies">The cookies that it sets.</param>
public sealed record Page(int Status, string Html, string? Location, IReadOnlyList<string> SetCookies)
{
    internal static async Task<Page> OfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)),
        response.Headers.Location is { } location ? location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString : null,
        response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : []);
}
