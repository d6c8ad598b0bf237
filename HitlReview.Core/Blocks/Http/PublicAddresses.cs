using System.Net;
using System.Net.Sockets;

namespace HitlReview.Core.Blocks.Http;

/// <summary>Tells addresses of the public internet from those that only this machine, its network or its cloud can reach.</summary>
static class PublicAddresses
{
    static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8",          // this network
            "10.0.0.0/8",         // private
            "100.64.0.0/10",      // carrier-grade NAT
            "127.0.0.0/8",        // loopback
            "168.63.129.16/32",   // Azure's host, which serves machine secrets
            "169.254.0.0/16",     // link-local, and there the clouds' metadata
            "172.16.0.0/12",      // private
            "192.0.0.0/24",       // protocol assignments
            "192.0.2.0/24",       // documentation
            "192.88.99.0/24",     // 6to4 relays
            "192.168.0.0/16",     // private
            "198.18.0.0/15",      // benchmarks
            "198.51.100.0/24",    // documentation
            "203.0.113.0/24",     // documentation
            "224.0.0.0/4",        // multicast
            "240.0.0.0/4",        // reserved, broadcast
            "2001::/23",          // protocol assignments, Teredo
            "2001:db8::/32",      // documentation
            "2002::/16",          // 6to4: carries any IPv4 address
            "3fff::/20",          // documentation
        }.Select(network => IPNetwork.Parse(network)),
    ];

    // All public IPv6 addresses lie in here; loopback, link-local, unique local and multicast ones do not.
    static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // NAT64: the last four bytes are an IPv4 address.
    static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>True for an address of the public internet.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        else if (address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address))
            address = new(address.GetAddressBytes().AsSpan(12));

        return (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address))
            && !NotPublic.Any(network => network.Contains(address));
    }

    /// <summary>True for a host name or literal address that can be told to be not public without asking anybody.</summary>
    public static bool Excludes(string host)
    {
        var name = host.TrimEnd('.');
        return IPAddress.TryParse(name, out var address)
            ? !Contains(address)
            : name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
