using System.Security.Claims;
using Bunit;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using HitlReview.Web.Components.Admin;
using HitlReview.Web.Components.Executions;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Reviews;
using HitlReview.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MudBlazor.Services;

namespace HitlReview.Tests.Web.Components;

/// <summary>
/// A specification of what pages hold and show, on one database. No engine runs: what a test wants to have happened it does itself.
/// </summary>
public abstract class UiSpec(TestStore store) : StoreSpec(store)
{
    protected const string AskBlock = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d";

    readonly List<BunitContext> _pages = [];

    protected static Caller Rosa { get; } = Cast.Rosa.Caller(Surface.Ui);

    protected static Caller Ada { get; } = Cast.Ada.Caller(Surface.Ui);

    protected OutsideAgents Agents => Store.Get<OutsideAgents>();

    protected ReviewService Reviews => Store.Get<ReviewService>();

    protected Deciding Deciding => Store.Get<Deciding>();

    protected Stopping Stopping => Store.Get<Stopping>();

    protected ExecutionService Executions => Store.Get<ExecutionService>();

    /// <inheritdoc/>
    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton<IExecutionWaker, NobodyRuns>()
            .AddHitlBlocks().AddHitlReviews().AddHitlActions().AddHitlExecutions().AddHitlCopilot();
        services.AddSingleton(new Quotas(Options.Create(new LimitOptions()))).AddSingleton<Connected>();
        services.AddTransient<InboxStore>().AddTransient<InboxReading>().AddTransient<InboxScheduled>();
        services.AddTransient<ReviewStore>().AddTransient<ExecutionsStore>().AddTransient<AdminExecutionsStore>().AddTransient<LastWords>()
            .AddTransient<UnsentNotes>()
            .AddTransient<Presses>();
    }

    /// <summary>An outside agent asks. Each call is a second later than the one before.</summary>
    protected async Task<Review> AskAsync(string nodeExecId, string graphExecId = "run-1", string payload = """{"to":"ann"}""", Caller? owner = null, string? instructions = null, bool editable = true)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var request = new ReviewRequest(nodeExecId, graphExecId, "tool", JsonText.Parse(payload, "payload"))
        {
            Instructions = instructions,
            Editable = editable,
        };
        return (await Agents.RequestAsync(owner ?? Rosa, request, Ct)).Review;
    }

    /// <summary>A graph of Rosa's with one Human In The Loop node, and an execution of it that nobody runs.</summary>
    protected async Task<GraphExecution> StartAsync(Caller? owner = null)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var graph = await Store.Get<Graphs>().StoreAsync(owner ?? Rosa, new(null, "Newsletter", new([new("ask", Guid.Parse(AskBlock), JsonText.Parse("""{"data":{"to":"all"}}""", "input"))], [])), Ct);
        return await Executions.StartAsync(owner ?? Rosa, graph.Id, null, Ct);
    }

    protected Task DecideAsync(string nodeExecId, bool approved = true, string? message = null) =>
        Deciding.DecideAsync(Rosa, [new(nodeExecId, approved) { Message = message }], Ct);

    /// <summary>A browser window without a browser, in which somebody is signed in.</summary>
    protected BunitContext Window(Person? person = null)
    {
        person ??= Cast.Rosa;
        var window = new BunitContext();
        _pages.Add(window);
        window.JSInterop.Mode = JSRuntimeMode.Loose;
        window.JSInterop.SetupModule(_ => true).SetupModule(_ => true);
        window.AddAuthorization().SetAuthorized(person.Email).SetRoles(person.Role)
            .SetClaims(
                new System.Security.Claims.Claim(ClaimTypes.NameIdentifier, person.Id),
                new System.Security.Claims.Claim(Callers.Session, person.ToSession().Id));
        window.Services.AddSingleton<TimeProvider>(Store.Clock).AddMudServices();
        window.Services.AddFallbackServiceProvider(Store.Services);
        window.Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return window;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var page in _pages)
            await page.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    sealed class NobodyRuns : IExecutionWaker
    {
        public void Wake(string graphExecId)
        {
        }
    }
}
