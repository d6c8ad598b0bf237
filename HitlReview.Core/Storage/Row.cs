using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;

namespace HitlReview.Core.Storage;

/// <summary>Of a property: its column is written and searched, and read by nobody.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class NotReadAttribute : Attribute;

/// <summary>
/// An entity and a row of its table, for the few statements written as SQL because every gate round trip makes them. The properties that
/// can be set are the columns, in their order: the entity is the only list of them.
/// </summary>
/// <typeparam name="T">The entity.</typeparam>
static class Row<T> where T : class
{
    static readonly PropertyInfo[] s_properties = [.. typeof(T).GetProperties().Where(p => p.SetMethod is not null)];
    static readonly PropertyInfo[] s_read = [.. s_properties.Where(p => !p.IsDefined(typeof(NotReadAttribute)))];
    static readonly string[] s_names = [.. s_properties.Select(p => ColumnNames.Of(p.Name))];

    /// <summary>The columns that are read, for SELECT and RETURNING.</summary>
    public static readonly string Columns = string.Join(", ", s_read.Select(p => ColumnNames.Of(p.Name)));

    /// <summary>All columns, for INSERT.</summary>
    public static readonly string AllColumns = string.Join(", ", s_names);

    /// <summary>A parameter for each column, for VALUES.</summary>
    public static readonly string Parameters = string.Join(", ", s_names.Select(name => $"@{name}"));

    /// <summary>Reads an entity from a row of <see cref="Columns"/>.</summary>
    public static readonly Func<DbDataReader, T> Read = MakeRead();

    /// <summary>The values for <see cref="Parameters"/>.</summary>
    public static readonly Func<T, (string Name, object? Value)[]> ValuesOf = MakeValuesOf();

    static Func<T, (string Name, object? Value)[]> MakeValuesOf()
    {
        var entity = Expression.Parameter(typeof(T));
        var pair = typeof((string, object?)).GetConstructor([typeof(string), typeof(object)])!;
        return Expression.Lambda<Func<T, (string Name, object? Value)[]>>(
            Expression.NewArrayInit(typeof((string, object?)), s_properties.Select((property, i) => Expression.New(
                pair, Expression.Constant(s_names[i]), Expression.Convert(Expression.Property(entity, property), typeof(object))))),
            entity).Compile();
    }

    static Func<DbDataReader, T> MakeRead()
    {
        var row = Expression.Parameter(typeof(DbDataReader));
        var cell = typeof(Cells).GetMethod(nameof(Cells.Read))!;
        return Expression.Lambda<Func<DbDataReader, T>>(
            Expression.MemberInit(Expression.New(typeof(T)), s_read.Select((property, i) => Expression.Bind(
                property, Expression.Call(cell.MakeGenericMethod(property.PropertyType), row, Expression.Constant(i))))),
            row).Compile();
    }
}

/// <summary>How a property's column is called.</summary>
static class ColumnNames
{
    /// <summary>The name in snake case.</summary>
    public static string Of(string property) => string.Concat(
        property.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>The values of a row, in the form in which they are stored on both databases.</summary>
static class Cells
{
    /// <summary>Reads one value: text, a number, a boolean, a time, the name of an enum's member, or nothing.</summary>
    public static T? Read<T>(DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
            return default;
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (type.IsEnum)
            return (T)Enum.Parse(type, row.GetString(column));
        object value = Type.GetTypeCode(type) switch
        {
            TypeCode.String => row.GetString(column),
            TypeCode.Boolean => row.GetBoolean(column),
            TypeCode.Int32 => row.GetInt32(column),
            TypeCode.Int64 => row.GetInt64(column),
            _ when type == typeof(DateTimeOffset) => UtcMicroseconds.To(row.GetInt64(column)),
            _ => throw new NotSupportedException($"No column is read as {type}."),
        };
        return (T)value;
    }
}
