using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;

namespace HitlReview.Tests.Support;

/// <summary>
/// A device with one passkey, without a browser around it: what a page's script would send, made here. It counts nothing, as those don't
/// whose passkeys are synced.
/// </summary>
public sealed class Device : IDisposable
{
    const byte IsPresent = 1;
    const byte IsVerified = 4;
    const byte HasKey = 0x40;

    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    string _owner = "";

    /// <summary>False for a device that asks for no finger, face or PIN.</summary>
    public bool Verifies { get; set; } = true;

    /// <summary>The page that the browser says it is on; the server's where null.</summary>
    public string? Origin { get; set; }

    /// <summary>The passkey as the server keeps it, where nobody looks at how it was made.</summary>
    public UserPasskeyInfo Info =>
        new(_id, CoseKey(), DateTimeOffset.UnixEpoch, 0, null, isUserVerified: true, isBackupEligible: false, isBackedUp: false, [], []);

    /// <summary>Makes the passkey.</summary>
    /// <param name="optionsJson">What the page hands to <c>navigator.credentials.create</c>.</param>
    /// <param name="origin">The server's origin.</param>
    public string Create(string optionsJson, string origin)
    {
        var options = JsonNode.Parse(optionsJson)!;
        _owner = (string)options["user"]!["id"]!;
        byte[] data = [.. Data((string)options["rp"]!["id"]!, HasKey), .. new byte[16], 0, (byte)_id.Length, .. _id, .. CoseKey()];
        byte[] head = [0xa3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xa0, .. Text("authData"), 0x58, (byte)data.Length];
        return Credential(new()
        {
            ["clientDataJSON"] = Encode(ClientData("webauthn.create", options, origin)),
            ["attestationObject"] = Encode([.. head, .. data]),
        });
    }

    /// <summary>Shows that it has the passkey.</summary>
    /// <param name="optionsJson">What the page hands to <c>navigator.credentials.get</c>.</param>
    /// <param name="origin">The server's origin.</param>
    public string Get(string optionsJson, string origin)
    {
        var options = JsonNode.Parse(optionsJson)!;
        var data = Data((string)options["rpId"]!, 0);
        var client = ClientData("webauthn.get", options, origin);
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Credential(new()
        {
            ["clientDataJSON"] = Encode(client),
            ["authenticatorData"] = Encode(data),
            ["signature"] = Encode(_key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["userHandle"] = _owner,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    byte[] Data(string domain, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, 0);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(domain)), (byte)(flags | IsPresent | (Verifies ? IsVerified : 0)), .. count];
    }

    byte[] ClientData(string type, JsonNode options, string origin)
    {
        var challenge = (string)options["challenge"]!;
        return JsonSerializer.SerializeToUtf8Bytes(new { type, challenge, origin = Origin ?? origin, crossOrigin = false });
    }

    string Credential(JsonObject response) => new JsonObject
    {
        ["id"] = Encode(_id),
        ["rawId"] = Encode(_id),
        ["type"] = "public-key",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    }.ToJsonString();

    byte[] CoseKey()
    {
        var point = _key.ExportParameters(false).Q;
        return [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }

    static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.UTF8.GetBytes(text)];

    static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
