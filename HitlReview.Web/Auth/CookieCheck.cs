using System.Data.Common;
using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.StaticAssets;

namespace HitlReview.Web.Auth;

/// <summary>On an address that open pages ask by themselves: a request there says nothing of whether anybody is at the page.</summary>
sealed class OnlyLooksOn;

/// <summary>
/// Looks at each request whether the session that the cookie names still stands, and notes that it is in use. A cookie of an ended session,
/// or of none, is nobody's. It isn't deleted: the answer might reach the browser after a newer cookie of the same name.
/// </summary>
static partial class CookieCheck
{
    static readonly object s_ended = new();

    /// <summary>Why the cookie that came with the request doesn't count; null where it does, or where none came.</summary>
    public static SignInEnd? WhyEnded(HttpContext http) => http.Items[s_ended] as SignInEnd?;

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        // Assets are everybody's; a page has a dozen of them.
        if (http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
            return;
        // Cookies of before there were sessions name none.
        if (context.Principal?.FindFirstValue(Callers.Session) is null)
        {
            End(context, SignInEnd.signed_out);
            return;
        }
        var sessions = http.RequestServices.GetRequiredService<UserSessions>();
        var caller = Callers.CallerOf(context.Principal, Surface.Ui);
        var look = await sessions.LookAsync(caller, http.RequestAborted);
        if (look is { End: null, Session.ProviderTokens: not null } && http.RequestServices.GetService<ProviderChecks>() is { } provider
            && await provider.CheckAsync(look.Session, http.RequestAborted))
            look = await sessions.LookAsync(caller, http.RequestAborted);
        if (look.End is { } why)
            End(context, why);
        else if (http.GetEndpoint()?.Metadata.GetMetadata<OnlyLooksOn>() is null)
            await SeeAsync(http, sessions, look.Session!);
    }

    static void End(CookieValidatePrincipalContext context, SignInEnd why)
    {
        context.HttpContext.Items[s_ended] = why;
        context.RejectPrincipal();
    }

    static async Task SeeAsync(HttpContext http, UserSessions sessions, UserSession session)
    {
        if (http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - session.LastSeenAt < UserSessions.SeenEvery)
            return;
        try
        {
            await sessions.SeeAsync(session.Id, http.RequestAborted);
        }
        catch (DbException e)
        {
            // A database that takes no writes is still there to read.
            NotSeen(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CookieCheck)), e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "That a session is in use could not be noted")]
    static partial void NotSeen(ILogger log, Exception cause);
}
