using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace HitlReview.Web.Api;

/// <summary>What the description of the API says beyond what the handlers' types say.</summary>
static class Operations
{
    const string Json = "application/json";

    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string summary, string description) =>
        route.WithSummary(summary).WithDescription(description).Refuses(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);

    /// <summary>Names the status codes with which a call can be refused, each with problem details.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            route.ProducesProblem(status);
        return route;
    }

    public static RouteHandlerBuilder WithParameter(this RouteHandlerBuilder route, string name, string description) =>
        route.Transform(operation =>
        {
            if (operation.Parameters?.FirstOrDefault(p => p.Name == name) is OpenApiParameter parameter)
                parameter.Description = description;
        });

    /// <summary>A parameter of the query that is text.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string description, bool required = false) =>
        route.Transform(operation => operation.Add(name, description, new() { Type = JsonSchemaType.String }, required));

    /// <summary>A parameter of the query that is a whole number.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string description, int from, int to) =>
        route.Transform(operation =>
            operation.Add(name, description, new() { Type = JsonSchemaType.Integer, Minimum = $"{from}", Maximum = $"{to}" }));

    /// <summary>A list that is read in parts.</summary>
    public static RouteHandlerBuilder Paged(this RouteHandlerBuilder route) => route
        .WithQuery(
            "page", "Which page, from 1. Deep pages are slow, and move while rows come and go; follow `Link` instead.", 1, int.MaxValue)
        .WithQuery("page_size", "Rows of a page; 25 if not given. A page of many bytes ends earlier.", 1, Core.Storage.PageRequest.MaxSize)
        .WithQuery(
            "cursor",
            "From the `Link` header of the page before: goes on behind it, fast at any depth, without skipping or repeating a row.")
        .Refuses(StatusCodes.Status422UnprocessableEntity)
        .Transform(operation =>
        {
            if (operation.Responses?["200"] is not OpenApiResponse ok)
                return;
            ok.Headers ??= new Dictionary<string, IOpenApiHeader>();
            ok.Headers["X-Total-Count"] = new OpenApiHeader
            {
                Description = "How many rows the list has; `10000+` where there are more.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
            ok.Headers["Link"] = new OpenApiHeader
            {
                Description = "The next page, `rel=\"next\"`; not there on the last.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        });

    /// <summary>Shows a body that can be sent and an answer that can be had; null for none.</summary>
    public static RouteHandlerBuilder Example(this RouteHandlerBuilder route, string? request, string? response) =>
        route.Transform(operation =>
        {
            if (request is not null && operation.RequestBody?.Content?[Json] is OpenApiMediaType body)
                body.Example = JsonNode.Parse(request);
            if (response is not null
                && operation.Responses?.FirstOrDefault(r => r.Key.StartsWith('2')).Value?.Content?[Json] is OpenApiMediaType answer)
                answer.Example = JsonNode.Parse(response);
        });

    static void Add(this OpenApiOperation operation, string name, string description, OpenApiSchema schema, bool required = false)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Description = description,
            Schema = schema,
            Required = required,
        });
    }

    static RouteHandlerBuilder Transform(this RouteHandlerBuilder route, Action<OpenApiOperation> change) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            change(operation);
            return Task.CompletedTask;
        });
}
