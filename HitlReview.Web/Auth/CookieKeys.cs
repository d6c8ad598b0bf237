using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using HitlReview.Core;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Auth;

/// <summary>The settings under <c>DataProtection</c>: what protects the keys with which cookies are protected.</summary>
public sealed class CookieKeyOptions : ICheckedOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "DataProtection";

    /// <summary>Protects them from whoever can read the database. Without it they lie there in the clear.</summary>
    public CertificateFile Certificate { get; set; } = new();

    /// <summary>Those it was before: what they protect stays readable.</summary>
    public CertificateFile[] FormerCertificates { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Certificate.Path.Length == 0 && Certificate.Password.Length > 0)
            yield return $"{Section}:Certificate:Path must be set when {Section}:Certificate:Password is.";
        if (Certificate.Path.Length > 0 && Certificate.Fault() is { } fault)
            yield return $"{Section}:Certificate:{fault}";
        foreach (var (index, former) in FormerCertificates.Index())
            if (former.Fault() is { } formerFault)
                yield return $"{Section}:FormerCertificates:{index}:{formerFault}";
    }
}

/// <summary>A certificate with its private key, in a file.</summary>
public sealed class CertificateFile
{
    /// <summary>The file, in the format PKCS#12 (.pfx, .p12).</summary>
    public string Path { get; set; } = "";

    /// <summary>Its password; empty for none.</summary>
    public string Password { get; set; } = "";

    /// <summary>What is wrong, beginning with the name of the setting; null if nothing.</summary>
    internal string? Fault()
    {
        try
        {
            using var certificate = Load();
            using var key = certificate.GetRSAPrivateKey();
            return key is null ? $"Path must name a certificate with the private key of an RSA certificate; '{Path}' has none." : null;
        }
        catch (CryptographicException e)
        {
            return File.Exists(Path)
                ? $"Password must open '{Path}', and that must be a PKCS#12 file (.pfx); it does not: {e.Message}"
                : $"Path must name a file; there is none at '{Path}'.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"Path must name a file that can be read; '{Path}' can't: {e.Message}";
        }
    }

    internal X509Certificate2 Load() => X509CertificateLoader.LoadPkcs12FromFile(Path, Password);
}

/// <summary>
/// The keys that protect cookies and form tokens. They are in the database, so that a restart or a second machine signs nobody out.
/// </summary>
static class CookieKeys
{
    static readonly XNamespace DataProtection = "http://schemas.asp.net/2015/03/dataProtection";

    public static void AddCookieKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddChecked<CookieKeyOptions>(CookieKeyOptions.Section);
        var keys = builder.Services.AddDataProtection().SetApplicationName("HitlReview").PersistKeysToDbContext<HitlDbContext>();
        // Certificates can't be added later, so they are read here; if one is at fault, the start ends in naming it.
        var options = builder.Configuration.GetSection(CookieKeyOptions.Section).Get<CookieKeyOptions>() ?? new();
        if (options.Faults().Any())
            return;
        if (options.FormerCertificates.Length > 0)
            keys.UnprotectKeysWithAnyCertificate([.. options.FormerCertificates.Select(former => former.Load())]);
        if (options.Certificate.Path.Length > 0)
            keys.ProtectKeysWithCertificate(options.Certificate.Load());
    }

    /// <summary>True if whoever reads the database can read the keys.</summary>
    public static bool AreInTheClear(IServiceProvider services) =>
        services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlEncryptor is null;

    /// <summary>
    /// Protects the keys from before there was a certificate too, so that nobody need be signed out for it. Does nothing without one.
    /// </summary>
    public static async Task ProtectAllAsync(IServiceProvider services, CancellationToken ct)
    {
        if (services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlEncryptor is not { } encryptor)
            return;
        await services.GetRequiredService<CommitQueue>().WriteAsync(async tx =>
        {
            foreach (var key in await tx.Db.DataProtectionKeys.ToListAsync(ct))
            {
                var xml = XElement.Parse(key.Xml!);
                if (xml.Descendants("masterKey").SingleOrDefault() is not { } secret)
                    continue;
                secret.ReplaceWith(Protected(encryptor.Encrypt(secret)));
                var text = xml.ToString(SaveOptions.DisableFormatting);
                await tx.Db.DataProtectionKeys.Where(k => k.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(k => k.Xml, text), ct);
            }
        }, ct);
    }

    // As Data Protection writes it itself.
    static XElement Protected(EncryptedXmlInfo secret) =>
        new(
            DataProtection + "encryptedSecret", new XAttribute("decryptorType", secret.DecryptorType.AssemblyQualifiedName!),
            secret.EncryptedElement);
}
