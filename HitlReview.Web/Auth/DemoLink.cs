using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HitlReview.Web.Auth;

/// <summary>What a link to the demo is good for.</summary>
enum DemoLinkState
{
    /// <summary>It is none of ours, or from before a restart.</summary>
    Unknown,

    /// <summary>It signs in.</summary>
    Ready,

    /// <summary>It has signed somebody in, and never does so again.</summary>
    Used,

    /// <summary>Nobody used it in time.</summary>
    Expired,
}

/// <summary>
/// The one-time link that signs in to the demo. It is made anew at each start with <c>--demo</c>, and only this process knows it: as a
/// hash.
/// </summary>
sealed class DemoLink(TimeProvider clock)
{
    /// <summary>How long it works.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    readonly Lock _lock = new();
    byte[] _hash = [];
    string _userId = "";
    DateTimeOffset _until;
    bool _isUsed;

    /// <summary>Makes the link for the demo's user; one that was made before is worthless from now on.</summary>
    /// <returns>Path and query.</returns>
    public string Open(string userId)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
            (_hash, _userId, _until, _isUsed) = (HashOf(token), userId, clock.GetUtcNow() + Life, false);
        return $"/account/demo?token={token}";
    }

    /// <summary>What the token is good for. Looking doesn't use it up: previews and mail scanners look too.</summary>
    public DemoLinkState StateOf(string? token)
    {
        lock (_lock)
            return !CryptographicOperations.FixedTimeEquals(_hash, HashOf(token ?? "")) ? DemoLinkState.Unknown
                : _isUsed ? DemoLinkState.Used
                : clock.GetUtcNow() >= _until ? DemoLinkState.Expired
                : DemoLinkState.Ready;
    }

    /// <summary>Uses the link up. Of any number of racing calls one gets through.</summary>
    /// <returns>Whom it signs in; null if it doesn't.</returns>
    public string? Use(string? token)
    {
        lock (_lock)
        {
            if (StateOf(token) != DemoLinkState.Ready)
                return null;
            _isUsed = true;
            return _userId;
        }
    }

    static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
