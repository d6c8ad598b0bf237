using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace HitlReview.Web.Auth;

/// <summary>
/// Remembers in a browser who has signed in there. Wrong passwords from such a browser are counted apart from those of strangers, so that
/// nobody is kept out of their account by others who guess. The cookie lets nobody in by itself.
/// </summary>
sealed class KnownBrowsers(IDataProtectionProvider protection, TimeProvider clock)
{
    const string Cookie = "hitl-known";
    const int MaxPeople = 8;
    static readonly TimeSpan s_kept = TimeSpan.FromDays(180);

    readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("HitlReview.KnownBrowsers").ToTimeLimitedDataProtector();

    /// <summary>What the browser is called as one in which the user has signed in; null if they haven't.</summary>
    public string? NameOf(HttpContext context, string userId) => Read(context).FirstOrDefault(known => known.UserId == userId).Name;

    /// <summary>Remembers that the user has signed in with a password.</summary>
    public void Remember(HttpContext context, string userId)
    {
        var known = Read(context);
        var name = known.FirstOrDefault(k => k.UserId == userId).Name ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var kept = known.Where(k => k.UserId != userId).Prepend((userId, name)).Take(MaxPeople).Select(k => $"{k.Item1} {k.Item2}");
        var until = clock.GetUtcNow() + s_kept;
        context.Response.Cookies.Append(Cookie, _protector.Protect(string.Join('\n', kept), until), new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = "/account",
            Expires = until,
            IsEssential = true,
        });
    }

    List<(string UserId, string Name)> Read(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } cookie)
            return [];
        try
        {
            return
            [
                .. from line in _protector.Unprotect(cookie).Split('\n')
                let at = line.IndexOf(' ', StringComparison.Ordinal)
                where at > 0
                select (line[..at], line[(at + 1)..]),
            ];
        }
        catch (CryptographicException)
        {
            return []; // Forged, cut, or too old: a stranger.
        }
    }
}
