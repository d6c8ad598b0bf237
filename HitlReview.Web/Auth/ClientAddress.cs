using System.Net;
using System.Net.Sockets;

namespace HitlReview.Web.Auth;

/// <summary>Where a request comes from, as limits and the trail count it.</summary>
static class ClientAddress
{
    const int NetworkBytes = 8;

    /// <summary>The address of a request's sender; <c>unknown</c> where there is none.</summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <summary>
    /// An IPv4 address as it is, also where it comes as IPv6; of an IPv6 address the network (/64), since whoever has one has all of them.
    /// </summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IPv6Loopback.Equals(address))
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
