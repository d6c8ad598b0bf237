using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace HitlReview.Web.Auth;

/// <summary>What a browser keeps for us: it can neither read nor change it.</summary>
static class Sealing
{
    public static string Seal<T>(this IDataProtector protector, T value) where T : class =>
        protector.Protect(JsonSerializer.Serialize(value));

    /// <returns>Null if it isn't of us, or not for this purpose.</returns>
    public static T? Open<T>(this IDataProtector protector, string? text) where T : class
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<T>(protector.Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
