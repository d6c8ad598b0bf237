using HitlReview.Core.Accounts;
using HitlReview.Web.Wire;

namespace HitlReview.Web.Auth;

/// <summary>
/// Ends calls of programs that wait or stream when the sign-in or key behind them ends. What they write is refused by Core anyway
/// (<see cref="Standing"/>).
/// </summary>
static class SignInEnds
{
    public static void UseSignInEnds(this WebApplication app)
    {
        var signIns = app.Services.GetRequiredService<LiveSignIns>();
        app.UseWhen(
            // Connections of the hub follow their sign-in themselves, over many requests.
            context => context.Request.IsForPrograms() && !context.Request.Path.StartsWithSegments("/hubs")
                && context.User.Identity is { IsAuthenticated: true },
            branch => branch.Use((context, next) => EndAsync(context, next, signIns)));
    }

    static async Task EndAsync(HttpContext context, RequestDelegate next, LiveSignIns signIns)
    {
        using var signIn = signIns.Follow(context.User);
        var aborted = context.RequestAborted;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, signIn.Ended);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (signIn.Ended.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            if (context.Response.HasStarted)
                context.Abort();
            else
                throw Standing.Ended(isKey: Callers.KeyOf(context.User) is not null);
        }
        finally
        {
            context.RequestAborted = aborted;
        }
    }
}
