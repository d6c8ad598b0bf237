using System.Data.Common;
using System.Globalization;
using HitlReview.Core;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HitlReview.Web.Wire;

/// <summary>
/// The one place where a refusal or a fault becomes an answer for a program: RFC 9457 problem details with a <c>detail</c>.
/// </summary>
public static partial class Problems
{
    static readonly PathString[] ForPrograms = ["/api", "/hubs", "/openapi", "/healthz", "/metrics", "/mcp"];

    /// <summary>
    /// True for addresses that programs call: they get problem details, never a page and never a redirect to the sign-in page.
    /// </summary>
    public static bool IsForPrograms(this HttpRequest request) =>
        Array.Exists(ForPrograms, prefix => request.Path.StartsWithSegments(prefix));

    /// <summary>Answers all that goes wrong below with problem details, at the addresses for programs.</summary>
    public static IApplicationBuilder UseHitlProblems(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));
        return app.UseWhen(
            context => context.Request.IsForPrograms(), branch => branch.Use((context, next) => AnswerAsync(context, next, log)));
    }

    /// <summary>
    /// The status code of a page that says itself what was refused. Where what its form named is gone, the page is still there: answered
    /// with 404, the one that says there is nothing would stand in its place.
    /// </summary>
    public static int StatusOfPage(Refusal refusal) => StatusOf(refusal == Refusal.NotFound ? Refusal.Conflict : refusal);

    /// <summary>The status code of a refusal.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.BadRequest => StatusCodes.Status400BadRequest,
        Refusal.SignedOut => StatusCodes.Status401Unauthorized,
        Refusal.Forbidden => StatusCodes.Status403Forbidden,
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        Refusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
        Refusal.Invalid => StatusCodes.Status422UnprocessableEntity,
        Refusal.TooMany => StatusCodes.Status429TooManyRequests,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };

    static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var problem = Of(e);
            if (problem.StatusCode >= 500)
                Failed(log, context.Request.Method, context.Request.Path, e);
            context.Response.Clear();
            if (problem.StatusCode == StatusCodes.Status429TooManyRequests)
                context.Response.Headers.RetryAfter = RefusedException.RetryAfter.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
            await problem.ExecuteAsync(context);
        }
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            await Of(context).ExecuteAsync(context);
    }

    static ProblemHttpResult Of(Exception e) => e switch
    {
        RefusedException refused => TypedResults.Problem(refused.Message, statusCode: StatusOf(refused.Refusal)),
        BadHttpRequestException bad => TypedResults.Problem(bad.Message, statusCode: bad.StatusCode),
        DbException or { InnerException: DbException } => TypedResults.Problem(
            "The database can't be reached or is busy. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable),
        _ => TypedResults.Problem(
            "The request failed on our side. The server's log has the cause.", statusCode: StatusCodes.Status500InternalServerError),
    };

    static ProblemHttpResult Of(HttpContext context) =>
        TypedResults.Problem(statusCode: context.Response.StatusCode, detail: DetailOf(context));

    static string? DetailOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => "Sign in, or send the header Authorization: Bearer <api key> with a key that works.",
        StatusCodes.Status403Forbidden => "This account may not do that.",
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not answer {context.Request.Method}.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON with the header Content-Type: application/json.",
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    static partial void Failed(ILogger log, string method, string path, Exception cause);
}
