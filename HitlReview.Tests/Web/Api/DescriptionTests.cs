using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class DescriptionTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    [Fact]
    public async Task The_description_names_every_call_and_the_key()
    {
        using var client = shared.App.Client();

        var description = (await client.CallAsync("/openapi/v1.json")).Json;

        var paths = description.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        Assert.Contains("/api/review/action", paths);
        Assert.Contains("/api/executions", paths);
        Assert.All(paths, path => Assert.StartsWith("/api/", path, StringComparison.Ordinal));
        Assert.Equal(
            "bearer",
            description.GetProperty("components").GetProperty("securitySchemes").GetProperty("api_key").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task The_reference_asks_nobody_else_for_anything()
    {
        await using var tab = await Browser.OpenAsync(shared.App);
        var asked = new Recorded<string>();
        tab.Page.Request += (_, request) => asked.Add(request.Url);

        await tab.Page.GotoAsync("/docs/api");
        await tab.Page.GetByText("Decide reviews").First.WaitForAsync();

        Assert.Contains(asked.All, url => url.EndsWith("/openapi/v1.json", StringComparison.Ordinal));
        Assert.All(asked.All, url => Assert.Matches("^(data:|blob:|" + Regex.Escape(shared.App.Address.ToString()) + ")", url));
    }
}
