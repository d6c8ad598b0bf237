using System.Linq.Expressions;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace HitlReview.Core.Storage;

/// <summary>
/// The schema, the same on every provider. Each room has its own tables: their configuration, and a property of this context for most
/// (in the lambda of a query, where C# allows no such property, <c>Set&lt;T&gt;()</c>).
/// Each provider has a context of its own, because each has its own migrations.
/// </summary>
public abstract class HitlDbContext(DbContextOptions options) : IdentityDbContext<HitlUser>(options), IDataProtectionKeyContext
{
    /// <summary>The keys that protect cookies; kept here so that a restart signs nobody out.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>In queries: how many bytes of UTF-8 a stored text takes. The databases know without reading the text.</summary>
    public static int? OctetLength(string? text) => throw new NotSupportedException("It is for queries only.");

    /// <summary>
    /// In queries: a text folded as <see cref="HostileText.Folding"/> does, or nearly so. For LIKE, which folds ASCII itself.
    /// </summary>
    public static string? Fold(string? text) => throw new NotSupportedException("It is for queries only.");

    /// <summary>How a text begins, in queries too: whole up to this length.</summary>
    public static string Start(string text, int length) => text.Length > length ? text[..length] : text;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMicroseconds>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        var rooms = typeof(HitlDbContext).Assembly;
        builder.HasDbFunction(typeof(HitlDbContext).GetMethod(nameof(OctetLength))!).HasName("octet_length").IsBuiltIn();
        builder.HasDbFunction(typeof(HitlDbContext).GetMethod(nameof(Start))!).HasTranslation(given => new SqlFunctionExpression(
            "substr", [given[0], new SqlFragmentExpression("1"), given[1]],
            nullable: true, argumentsPropagateNullability: [true, false, false], typeof(string), null));
        builder.HasDbFunction(typeof(HitlDbContext).GetMethod(nameof(Fold))!).HasTranslation(given => FoldInSql(given[0]));
        builder.ApplyConfigurationsFromAssembly(rooms);
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == rooms && e.ClrType != typeof(HitlUser)))
            foreach (var property in entity.GetProperties())
                property.SetColumnName(ColumnNames.Of(property.Name));
    }

    /// <summary>The function on each database that folds a text (Sqlite/DurableSqlite.cs; a migration of PostgreSQL).</summary>
    internal const string FoldFunction = "hitl_fold";

    // Few texts have other letters than those of ASCII, and of the others the databases know without reading them.
    static CaseExpression FoldInSql(SqlExpression text)
    {
        var isAscii = new SqlBinaryExpression(
            ExpressionType.Equal, Function("octet_length", typeof(int), IntTypeMapping.Default),
            Function("length", typeof(int), IntTypeMapping.Default), typeof(bool), BoolTypeMapping.Default);
        return new([new(isAscii, text)], Function(FoldFunction, typeof(string), text.TypeMapping));

        SqlFunctionExpression Function(string name, Type type, RelationalTypeMapping? mapping) =>
            new(name, [text], nullable: true, argumentsPropagateNullability: [true], type, mapping);
    }

    /// <summary>Orders ids by code point on PostgreSQL too, so that paging is the same on both databases.</summary>
    protected static void CollateByCodePoint(IMutableModel model)
    {
        foreach (var property in model.GetEntityTypes().SelectMany(e => e.GetProperties())
            .Where(p => p.ClrType == typeof(string) && p.IsIndex() | p.IsKey()))
            property.SetCollation("C");
    }
}

/// <summary>The schema on SQLite.</summary>
public sealed class SqliteHitlDbContext(DbContextOptions<SqliteHitlDbContext> options) : HitlDbContext(options);

/// <summary>The schema on PostgreSQL.</summary>
public sealed class PostgresHitlDbContext(DbContextOptions<PostgresHitlDbContext> options) : HitlDbContext(options)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        CollateByCodePoint(builder.Model);
    }
}
