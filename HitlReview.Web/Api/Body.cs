using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace HitlReview.Web.Api;

/// <summary>
/// A handler's parameter that is the request body, read by <see cref="RequestBody"/>. The description of the API takes its form from
/// <typeparamref name="T"/>.
/// </summary>
/// <param name="Value">What was read.</param>
sealed record Body<T>(T Value) : IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider where T : class
{
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(await RequestBody.ReadAsync<T>(context, context.RequestAborted));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}
