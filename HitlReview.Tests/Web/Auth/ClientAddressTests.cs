using System.Net;
using HitlReview.Web.Auth;

namespace HitlReview.Tests.Web.Auth;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    [InlineData("::1", "::1")]
    [InlineData(null, "unknown")]
    public void Whoever_has_one_address_of_a_network_has_all_of_it(string? address, string counted) =>
        Assert.Equal(counted, ClientAddress.Of(address is null ? null : IPAddress.Parse(address)));
}
