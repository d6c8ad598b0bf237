using System.IO.Pipelines;
using System.Text.Json;
using HitlReview.Web.Api;
using HitlReview.Web.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Web.Api;

public sealed class RequestBodyTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_is_taken_in_alone_and_stops_coming_is_given_up()
    {
        var clock = new FakeTimeProvider();
        await using var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton<LargeBodies>()
            .BuildServiceProvider();
        // What is written counts as sent once the reader has looked at it: the clock never runs ahead of a reader that is late.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.ContentType = "application/json";
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        var beginning = pipe.Writer.WriteAsync(new byte[LargeBodies.TakenInAloneFrom + 1], Ct);
        var read = RequestBody.ReadAsync<Dictionary<string, JsonElement>>(context, Ct);
        await beginning;
        Assert.True(services.GetRequiredService<LargeBodies>().IsTakingIn(""));

        // As long as it keeps up the pace it is waited for.
        for (var second = 0; second < 30; second++)
        {
            await pipe.Writer.WriteAsync(new byte[LargeBodies.BytesPerSecond], Ct);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.False(read.IsCompleted);
        clock.Advance(LargeBodies.Grace + TimeSpan.FromSeconds(1));

        Assert.Equal(408, (await Assert.ThrowsAsync<BadHttpRequestException>(() => read)).StatusCode);
    }

    sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
