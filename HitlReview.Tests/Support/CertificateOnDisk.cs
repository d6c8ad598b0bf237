using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HitlReview.Tests.Support;

/// <summary>A certificate for this machine that nobody has signed, in a file.</summary>
/// <param name="Path">The file, PKCS#12.</param>
/// <param name="Password">Its password.</param>
public sealed record CertificateOnDisk(string Path, string Password)
{
    /// <summary>Makes one.</summary>
    public static CertificateOnDisk Make(string password, bool withKey = true)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var withoutKey = X509CertificateLoader.LoadCertificate(made.RawData);
        var path = TestFolder.NewPath(".pfx");
        File.WriteAllBytes(path, (withKey ? made : withoutKey).Export(X509ContentType.Pkcs12, password)!);
        return new(path, password);
    }
}
