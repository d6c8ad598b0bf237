using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Http.Features;

namespace HitlReview.Web.Hosting;

/// <summary>
/// Gives every cookie that the server sets the prefix <c>__Host-</c> and the flag Secure, and believes no other: no page on a
/// neighbouring host or over http can then set or read one of ours. Only on this machine over http, where browsers refuse the
/// prefix, cookies are as they were. The rest of the program knows nothing of it.
/// </summary>
static class HostCookies
{
    const string Prefix = "__Host-";

    // Written by appearance.js, read here: not more than a look depends on them.
    static readonly string[] s_looks = ["hitl-theme=", "hitl-density=", "hitl-zone="];

    public static void UseHostCookies(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.IsHttps && Origins.IsLoopback(context.Request.Host.Host))
            return next(context);
        if (context.Request.Headers.Cookie.Count > 0)
            context.Request.Headers.Cookie = Believed(context.Request.Headers.Cookie.ToString());
        context.Features.Set<IResponseCookiesFeature>(new Feature(context.Response.Cookies));
        return next(context);
    });

    static string Believed(string header) => string.Join("; ",
        from cookie in header.Split(';', StringSplitOptions.TrimEntries)
        where cookie.StartsWith(Prefix, StringComparison.Ordinal)
            || Array.Exists(s_looks, look => cookie.StartsWith(look, StringComparison.Ordinal))
        select cookie.StartsWith(Prefix, StringComparison.Ordinal) ? cookie[Prefix.Length..] : cookie);

    sealed class Feature(IResponseCookies inner) : IResponseCookiesFeature
    {
        public IResponseCookies Cookies { get; } = new Prefixed(inner);
    }

    sealed class Prefixed(IResponseCookies inner) : IResponseCookies
    {
        public void Append(string key, string value) => Append(key, value, new());

        public void Append(string key, string value, CookieOptions options) => inner.Append(Prefix + key, value, ForThisHost(options));

        public void Delete(string key) => Delete(key, new());

        public void Delete(string key, CookieOptions options) => inner.Delete(Prefix + key, ForThisHost(options));

        // What the prefix demands.
        static CookieOptions ForThisHost(CookieOptions options) => new(options) { Secure = true, Path = "/", Domain = null };
    }
}
