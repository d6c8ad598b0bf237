using Microsoft.Extensions.Configuration;

namespace HitlReview.Core.Storage;

/// <summary>The databases HitlReview runs on.</summary>
public enum DatabaseProvider
{
    /// <summary>An embedded file; the default.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    Postgres,
}

/// <summary>Which database to use.</summary>
/// <param name="Provider">Setting <c>Database:Provider</c>.</param>
/// <param name="ConnectionString">Setting <c>ConnectionStrings:HitlReview</c>, in the form of the provider.</param>
public sealed record StoreOptions(DatabaseProvider Provider, string ConnectionString)
{
    /// <summary>Reads the settings; without any, a SQLite file in the user's folder for application data.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="file">What that file is called.</param>
    /// <exception cref="StoreException">A setting is missing or wrong; the message names it.</exception>
    public static StoreOptions Read(IConfiguration configuration, string file = "hitlreview.db")
    {
        var named = configuration["Database:Provider"];
        var provider = DatabaseProvider.Sqlite;
        if (!string.IsNullOrEmpty(named) && (!Enum.TryParse(named, ignoreCase: true, out provider) || !Enum.IsDefined(provider)))
            throw new StoreException($"Database:Provider must be Sqlite or Postgres; it is '{named}'.");

        var connectionString = configuration.GetConnectionString("HitlReview");
        if (!string.IsNullOrWhiteSpace(connectionString))
            return new(provider, connectionString);
        if (provider == DatabaseProvider.Postgres)
            throw new StoreException("ConnectionStrings:HitlReview must be set when Database:Provider is Postgres.");
        return new(provider, $"Data Source={Path.Combine(DataFolder.Default, file)}");
    }
}
