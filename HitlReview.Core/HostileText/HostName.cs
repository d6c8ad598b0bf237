using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HitlReview.Core.HostileText;

/// <summary>
/// A host as the WHATWG URL standard reads it, which is what browsers contact; <see cref="Uri"/> refuses or keeps some of what they accept.
/// </summary>
/// <param name="Written">As it stands in the text.</param>
/// <param name="Labels">What it is turned into, <c>xn--</c> as it is, a number as an address in its usual form.</param>
/// <param name="IsOdd">It is written with percent signs, or with characters that are turned into others, beside capital letters.</param>
/// <param name="IsOddNumber">It is a number, written in another way than addresses are.</param>
sealed record HostName(string Written, IReadOnlyList<string> Labels, bool IsOdd, bool IsOddNumber)
{
    /// <summary>What it is turned into, in the characters that <c>xn--</c> stands for.</summary>
    public string Unicode => string.Join('.', Labels.Select(label => Idna.IsEncoded(label) ? Idna.Decode(label) ?? label : label));

    /// <summary>Reads a host as it stands in an address.</summary>
    public static HostName Read(string written)
    {
        if (written is ['[', .. var inner, ']'])
            return ReadV6(inner, written);
        var decoded = written.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(written) : written;
        var host = Idna.Map(decoded).Trim('.');
        var labels = host.Split('.');
        if (EndsInNumber(labels) && ReadV4(labels) is { } address)
            return new(written, address.Split('.'), false, address != written);
        return new(written, labels, decoded != written || host != decoded.ToLowerInvariant().Trim('.'), false);
    }

    static HostName ReadV6(string inner, string written)
    {
        var isV4 = IPAddress.TryParse(inner, out var address)
            && address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true };
        return new(written, isV4 ? address!.MapToIPv4().ToString().Split('.') : [written], false, isV4);
    }

    static bool EndsInNumber(string[] labels) => labels[^1].Length > 0 && ReadNumber(labels[^1]) is not null;

    static string? ReadV4(string[] labels)
    {
        var numbers = labels.Select(ReadNumber).ToArray();
        if (labels.Length > 4 || numbers.Any(number => number is null) || numbers[..^1].Any(number => number > 255)
            || numbers[^1] >= 1L << (8 * (5 - labels.Length)))
            return null;
        var all = numbers[^1]!.Value;
        for (var i = 0; i < numbers.Length - 1; i++)
            all += numbers[i]!.Value << (8 * (3 - i));
        return string.Create(CultureInfo.InvariantCulture, $"{all >> 24}.{all >> 16 & 255}.{all >> 8 & 255}.{all & 255}");
    }

    /// <returns>A decimal, octal (<c>0177</c>) or hexadecimal (<c>0x7f</c>) number; null if it is none. Anything beyond 32 bits is as good
    /// as any.</returns>
    static long? ReadNumber(string label)
    {
        var (digits, radix) = label switch
        {
            ['0', 'x', .. var hex] => (hex, 16),
            ['0', _, ..] => (label[1..], 8),
            _ => (label, 10),
        };
        if (label.Length == 0)
            return null;
        var number = 0L;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c) || Convert.ToInt32(c.ToString(), 16) is var digit && digit >= radix)
                return null;
            number = Math.Min(number * radix + digit, uint.MaxValue + 1L);
        }
        return number;
    }
}
