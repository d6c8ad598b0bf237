using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Api;

/// <summary>How every list is asked for and answered in parts.</summary>
static class Pages
{
    /// <summary>The part that a request asks for.</summary>
    /// <exception cref="RefusedException">Invalid: a parameter is out of its range; the message names it.</exception>
    public static PageRequest Asked(HttpContext http)
    {
        var query = http.Request.Query;
        return PageRequest.Check(
            Integer(query["page"], "page"), Integer(query["page_size"], "page_size"),
            query["cursor"] is [{ Length: > 0 } cursor] ? cursor : null);
    }

    /// <summary>Answers with a plain array; total and next page are in the headers.</summary>
    public static Ok<IReadOnlyList<TModel>> Answer<T, TModel>(HttpContext http, ListPage<T> page, Func<T, TModel> model)
    {
        Tell(http, page.Total, page.Next);
        return TypedResults.Ok<IReadOnlyList<TModel>>([.. page.Items.Select(model)]);
    }

    /// <summary>
    /// The same for reviews, which are written as they are read: however slowly the answer is taken, only a part of it is in memory.
    /// </summary>
    public static Ok<IAsyncEnumerable<ReviewModel>> Answer(HttpContext http, ReviewPage page, Func<Review, ReviewModel> model)
    {
        Tell(http, page.Total, page.Next);
        return TypedResults.Ok(page.Items.Select(model));
    }

    static void Tell(HttpContext http, int? total, ListCursor? next)
    {
        var headers = http.Response.Headers;
        headers["X-Total-Count"] = total?.ToString(CultureInfo.InvariantCulture) ?? $"{ListPage<Review>.CountLimit}+";
        if (next is not null)
            headers.Link = $"<{Next(http, next)}>; rel=\"next\"";
    }

    /// <summary>A whole number from a query; null if it isn't there.</summary>
    /// <exception cref="RefusedException">Invalid: it is something else.</exception>
    public static int? Integer(string? text, string field) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RefusedException(Refusal.Invalid, $"{field} must be a whole number.");

    // The cursor takes the place of the page's number; everything else that was asked for stays, the path to the letter: an id in it may
    // hold a slash.
    static string Next(HttpContext http, ListCursor next) => QueryHelpers.AddQueryString(
        http.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] is ['/', ..] path
            ? path
            : http.Request.PathBase + http.Request.Path,
        http.Request.Query.Where(q => q.Key is not ("page" or "cursor" or "access_token"))
            .SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value)).Append(new("cursor", next.ToString())));
}
