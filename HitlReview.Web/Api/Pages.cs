using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Reviews;
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
        return PageRequest.Check(Integer(query["page"], "page"), Integer(query["page_size"], "page_size"), query["cursor"] is [{ Length: > 0 } cursor] ? cursor : null);
    }

    /// <summary>Answers with a plain array; total and next page are in the headers.</summary>
    public static Ok<IReadOnlyList<TModel>> Answer<T, TModel>(HttpContext http, ListPage<T> page, Func<T, TModel> model)
    {
        var headers = http.Response.Headers;
        headers["X-Total-Count"] = page.Total?.ToString(CultureInfo.InvariantCulture) ?? $"{ListPage<T>.CountLimit}+";
        if (page.Next is { } next)
            headers.Link = $"<{Next(http.Request, next)}>; rel=\"next\"";
        return TypedResults.Ok<IReadOnlyList<TModel>>([.. page.Items.Select(model)]);
    }

    /// <summary>A whole number from a query; null if it isn't there.</summary>
    /// <exception cref="RefusedException">Invalid: it is something else.</exception>
    public static int? Integer(string? text, string field) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RefusedException(Refusal.Invalid, $"{field} must be a whole number.");

    // The cursor takes the place of the page's number; everything else that was asked for stays.
    static string Next(HttpRequest request, ListCursor next) => QueryHelpers.AddQueryString(
        request.PathBase + request.Path,
        request.Query.Where(q => q.Key is not ("page" or "cursor" or "access_token")).SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value)).Append(new("cursor", next.ToString())));
}
