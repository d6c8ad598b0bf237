using System.Security.Cryptography;
using HitlReview.Core;
using HitlReview.Core.Payloads;
using HitlReview.Web.Auth;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace HitlReview.Web.Api;

/// <summary>
/// The API described for machines (<c>/openapi/v1.json</c>) and for people (<c>/docs/api</c>). Open to anyone: it says nothing about
/// anybody's data.
/// </summary>
static class Description
{
    public static void AddHitlDescription(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", openApi =>
    {
        openApi.ShouldInclude = route => route.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "HitlReview",
                Version = "v1",
                Description = "Ask for a review before a sensitive action, wait for a person's decision, "
                    + "run exactly what was approved, once. "
                    + "JSON is snake_case, times are ISO 8601 UTC, payloads go in and out to the byte. "
                    + "What is refused is answered with problem details (RFC 9457), whose `detail` names the field or id.",
            };
            // The addresses are relative: whatever host the reader came by is the one to call.
            document.Servers = [new() { Url = "/" }];
            const string scheme = "api_key";
            document.AddComponent(
                scheme,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An API key, from /account/keys or `key add`. It may `ask` if nothing else was chosen; "
                        + "each call says what it needs. A key never decides what was asked or started with it.",
                });
            document.Security = [new() { [new(scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        openApi.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<KeyRight>().LastOrDefault() is { } right)
                operation.Description += $"\n\nA key needs {string.Join(" or ", KeyWords.Of(right.AnyOf).Select(word => $"`{word}`"))}.";
            return Task.CompletedTask;
        });
        // What our own converters write, the framework can't know.
        openApi.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(JsonText))
                schema.Description ??= "Any JSON, to the byte.";
            else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset))
                schema.Type = JsonSchemaType.String;
            else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset?))
                schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            return Task.CompletedTask;
        });
    });

    public static void MapHitlDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous().ForKeysThatMay(KeyRights.Any);
        app.MapScalarApiReference("/docs/api", (scalar, context) =>
        {
            scalar.WithTitle("HitlReview API").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp();
            scalar.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            scalar.HideClientButton = true;
            // Its one inline script is let through by name; nothing on the page comes from, or talks to, anywhere else.
            scalar.Nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'self'; script-src 'self' 'nonce-{scalar.Nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                + "font-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'";
        }).AllowAnonymous().ForKeysThatMay(KeyRights.Any);
    }
}
