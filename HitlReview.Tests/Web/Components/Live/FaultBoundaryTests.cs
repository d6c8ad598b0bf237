using Bunit;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Web.Components.Live;

/// <summary>A fault in a page, as its reader sees it and as whoever runs the program finds it.</summary>
public sealed class FaultBoundaryTests
{
    [Fact]
    public void A_fault_is_told_with_a_code_that_is_in_the_log_beside_its_cause()
    {
        var log = new LogRecorder();
        using var window = new BunitContext();
        window.Services.AddLogging(logging => logging.AddProvider(log));

        var page = window.Render<FaultBoundary>(parameters => parameters.AddChildContent<Faulty>());

        var code = page.Find("[data-testid=fault-code] code").TextContent;
        Assert.Matches("^[0-9a-f]{8}$", code);
        var entry = Assert.Single(log.Entries, entry => entry.Message.Contains(code, StringComparison.Ordinal));
        Assert.Equal("on purpose", entry.Exception?.Message);
        Assert.DoesNotContain("on purpose", page.Markup, StringComparison.Ordinal);
    }

    sealed class Faulty : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder) => throw new InvalidOperationException("on purpose");
    }
}
