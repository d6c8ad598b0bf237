using HitlReview.Core.Storage;
using HitlReview.Web.Api;
using HitlReview.Web.Auth;
using HitlReview.Web.Cli;
using HitlReview.Web.Components;
using HitlReview.Web.Components.Account;
using HitlReview.Web.Hosting;

return await CommandLine.RunAsync(args, async (settings, demo, ct) =>
{
    // The settings and assets lie beside the program, wherever it is started from.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddHitlStorage(StoreOptions.Read(builder.Configuration));
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.ConfigureHttpJsonOptions(json => Wire.Configure(json.SerializerOptions));
    builder.AddHitlAuth();
    builder.AddHitlPages();
    builder.AddHitlHealth();

    await using var app = builder.Build();
    app.UseHitlHeaders();
    app.UseHitlErrorPages();
    app.UseHitlProblems();
    app.UseRouting();
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.UseAntiforgery();

    app.MapHitlHealth();
    app.MapAccount();
    app.MapHitlPages();

    await app.ServeAsync(ct);
});

public partial class Program;
