using HitlReview.Web.Auth;
using HitlReview.Web.Components.Admin;
using HitlReview.Web.Components.Executions;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Reviews;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.SignalR;
using MudBlazor.Services;

namespace HitlReview.Web.Components;

/// <summary>The Blazor pages.</summary>
static class PageServices
{
    public static void AddHitlPages(this WebApplicationBuilder builder)
    {
        // Compressed, and never asked for twice, also where the program isn't published; only a developer changes files under it.
        if (!builder.Environment.IsDevelopment())
            builder.Configuration["ReloadStaticAssetsAtRuntime"] = bool.FalseString;
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            // A page that was cut off learns of it within half a minute, also where nothing closes the connection (see connection.js).
            .AddHubOptions(hub =>
            {
                hub.KeepAliveInterval = TimeSpan.FromSeconds(10);
                hub.ClientTimeoutInterval = TimeSpan.FromSeconds(25);
                hub.AddFilter<PageConnection.Filter>();
            });
        builder.Services.AddScoped<CircuitHandler, PageCounter>();
        builder.Services.AddMudServices();
        builder.Services.AddScoped<UnsentNotes>().AddScoped<LastWords>().AddScoped<Presses>();
        // What a page shows lives as long as its circuit; what a card shows, as long as the card.
        builder.Services.AddScoped<InboxStore>().AddScoped<InboxReading>().AddScoped<InboxScheduled>();
        builder.Services.AddScoped<ExecutionsStore>();
        builder.Services.AddScoped<AdminExecutionsStore>();
        builder.Services.AddTransient<ReviewStore>();
    }

    /// <summary>Shows a page instead of an empty answer where a person's request went wrong.</summary>
    public static void UseHitlErrorPages(this WebApplication app)
    {
        app.UseExceptionHandler("/error/500", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true);
        // The page that says so is only read, also where a form was refused: sent as that form it would itself be refused, as a bad one.
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null
                || context.Features.Get<IExceptionHandlerPathFeature>() is not null)
                context.Request.Method = HttpMethods.Get;
            await next(context);
            // Pages say that they are HTML before they refuse a form of another sign-in, and then say nothing at all.
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status400BadRequest })
                context.Response.ContentType = null;
        });
    }

    public static void MapHitlPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous().ForKeysThatMay(KeyRights.Any);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);
    }
}
