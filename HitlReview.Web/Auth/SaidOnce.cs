using HitlReview.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;

namespace HitlReview.Web.Auth;

/// <summary>
/// What a page of forms says once something was done. The answer to the form leads to the page itself, which then says it, once: loaded
/// again it only shows what is. A browser that loads the answer to a form again would do it again, and make a second key, or a password in
/// place of the one that was passed on.
/// </summary>
/// <remarks>The browser carries it from the one answer to the next, sealed; nothing of it stays here.</remarks>
sealed class SaidOnce(IDataProtectionProvider protection, NavigationManager navigation, TimeProvider clock)
{
    const string Cookie = "hitl-said";
    static readonly TimeSpan s_life = TimeSpan.FromMinutes(1);

    readonly IDataProtector _protector = protection.CreateProtector("HitlReview.SaidOnce");

    /// <summary>Leads on to the page that the form was on. The last thing to do with a form.</summary>
    public void Tell<T>(HttpContext http, Caller caller, T words)
    {
        var said = new Said<T>(caller.UserId, http.Request.Path, clock.GetUtcNow(), words);
        http.Response.Cookies.Append(Cookie, _protector.Seal(said), CookieOf(http, s_life));
        navigation.NavigateTo(navigation.Uri);
    }

    /// <summary>What is to be said on this page; null for nothing.</summary>
    public T? Take<T>(HttpContext http, Caller caller) where T : class
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.Request.Cookies[Cookie] is not { } cookie)
            return null;
        http.Response.Cookies.Delete(Cookie, CookieOf(http, null));
        var said = _protector.Open<Said<T>>(cookie);
        return said is not null && said.UserId == caller.UserId && said.Path == http.Request.Path && clock.GetUtcNow() - said.At < s_life
            ? said.Words
            : null;
    }

    static CookieOptions CookieOf(HttpContext http, TimeSpan? life) => new()
    {
        Path = http.Request.Path,
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        MaxAge = life,
        IsEssential = true,
    };

    sealed record Said<T>(string UserId, string Path, DateTimeOffset At, T Words);
}
