using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Api;
using HitlReview.Web.Auth;
using HitlReview.Web.Cli;
using HitlReview.Web.Components;
using HitlReview.Web.Components.Account;
using HitlReview.Web.Components.Layout;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Hosting;
using HitlReview.Web.Hubs;
using HitlReview.Web.Wire;

return await CommandLine.RunAsync(args, async (settings, demo, ct) =>
{
    // The settings and assets lie beside the program, wherever it is started from.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddPlainLogs();
    builder.Services.AddHitlStorage(demo ? StoreOptions.Read(builder.Configuration, Demo.File) : StoreOptions.Read(builder.Configuration));
    builder.Services.AddHitlTrail();
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.ConfigureHttpJsonOptions(json => WireJson.Configure(json.SerializerOptions));
    builder.Services.AddHitlBlocks();
    builder.Services.AddHitlReviews();
    builder.Services.AddHitlActions();
    builder.Services.AddHitlExecutions();
    builder.Services.AddHitlCopilot();
    builder.AddHitlEngine();
    builder.Services.AddHitlChatEngine();
    builder.AddHitlAuth();
    builder.Services.AddHitlHub();
    builder.Services.AddRequestLimits();
    builder.AddHitlPages();
    builder.AddHitlDescription();
    builder.AddHitlHealth();
    builder.AddHitlServing();
    builder.AddHitlMetrics();

    await using var app = builder.Build();
    app.CheckSettings();
    app.UseTrustedProxies();
    app.UseHitlHeaders();
    app.UseLanguages();
    app.UseHitlErrorPages();
    app.UseRefusals();
    app.UseHitlProblems();
    app.UsePublicAddress();
    app.UseHostCookies();
    app.UseRouting();
    app.UseRawIds();
    app.UseHubOrigins();
    app.UseCrossSiteCheck();
    app.UseAuthentication();
    app.UseKeyRights();
    app.UseSignInEnds();
    app.UseRateLimiter();
    app.UseHubQuota();
    app.UsePageQuota();
    app.UseAuthorization();
    app.UseAntiforgery();

    app.MapHitlHealth();
    app.MapHitlApi();
    app.MapHitlHub();
    app.MapHitlMetrics();
    app.MapHitlDescription();
    app.MapAccount();
    app.MapPalette();
    app.MapHitlPages();

    await app.ServeAsync(demo, ct);
});

public partial class Program;
