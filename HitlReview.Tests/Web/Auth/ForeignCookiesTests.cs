using System.Buffers.Text;
using HitlReview.Tests.Support;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Web.Auth;

/// <summary>Cookies of another place on the same host: a browser sends them to every port.</summary>
public sealed class ForeignCookiesTests() : AppSpec(new SqliteStore())
{
    [Fact]
    public async Task The_forms_cookie_of_another_place_is_replaced_and_fills_no_log()
    {
        using var visitor = App.NewVisitor();
        var own = (await visitor.OpenAsync("/account/login")).SetCookies.Single(c => c.Contains("Antiforgery", StringComparison.Ordinal));
        var name = own.Split('=')[0];
        // As it would be of a key that isn't ours: what marks it as protected, the key's id, and what it protects.
        var foreign = Base64Url.EncodeToString([0x09, 0xf0, 0xc9, 0xf0, .. Guid.NewGuid().ToByteArray(), .. new byte[64]]);
        using var other = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = App.Address };
        other.DefaultRequestHeaders.Add("Cookie", $"{name}={foreign}");

        var page = await other.OpenAsync("/account/login");

        Assert.Equal(200, page.Status);
        Assert.Contains(page.SetCookies, c => c.StartsWith(name + "=", StringComparison.Ordinal));
        Assert.DoesNotContain(App.Log.Entries, entry => entry.Level >= LogLevel.Error || entry.Exception is not null);
    }
}
