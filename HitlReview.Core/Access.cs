using HitlReview.Core.Accounts;
using HitlReview.Core.Executions;

namespace HitlReview.Core;

/// <summary>What belongs to a user and was asked for or started by a person or with an API key.</summary>
public interface IAsked
{
    /// <summary>The user it belongs to.</summary>
    string UserId { get; }

    /// <summary>The key with which it was asked for or started; null where a person did.</summary>
    string? AskedByKeyId { get; }
}

/// <summary>
/// The one answer to "who may see and do what". A person sees what is theirs, an admin what is anybody's. A key that may decide sees what
/// its user sees; any other only what was asked or started with it. Who asks doesn't decide: what a key asked for, it never decides.
/// </summary>
public static class Access
{
    /// <summary>True for a person and for a key that may do one of these.</summary>
    public static bool May(this Caller caller, KeyMay anyOf) => caller.Key is null || (caller.Key.May & anyOf) != 0;

    /// <summary>Lets a person pass, and a key that may do one of these.</summary>
    /// <exception cref="RefusedException">Forbidden: the key may not; the message names what is missing.</exception>
    public static void Require(this Caller caller, KeyMay anyOf)
    {
        if (caller.Key is { } key && !caller.May(anyOf))
            throw Missing(key, anyOf);
    }

    /// <summary>What a key that may not do this is answered with.</summary>
    public static RefusedException Missing(CallerKey key, KeyMay anyOf) => new(Refusal.Forbidden,
        $"The key '{key.Name}' may only {Words(key.May, "and")}; this needs a key that may {Words(anyOf, "or")}.");

    /// <summary>True if the caller may see and cancel the executions of all users.</summary>
    public static bool MayAdminister(this Caller caller) => caller.IsAdmin && caller.May(KeyMay.admin);

    /// <summary>True if the caller may see it.</summary>
    public static bool Sees(this Caller caller, IAsked it) =>
        caller.OnlyWithKey() is { } key ? it.UserId == caller.UserId && it.AskedByKeyId == key : caller.IsAdmin || it.UserId == caller.UserId;

    /// <summary>True if it was asked for or started with the caller's own key: then the caller never decides it.</summary>
    public static bool AskedItself(this Caller caller, IAsked it) => caller.Key is { } key && key.Id == it.AskedByKeyId;

    /// <summary>Those of them that the caller may see.</summary>
    public static IQueryable<T> VisibleTo<T>(this IQueryable<T> all, Caller caller) where T : class, IAsked =>
        caller.IsAdmin && caller.OnlyWithKey() is null ? all : all.OwnOf(caller);

    /// <summary>Those of the caller's own that the caller may see; an admin's too are only their own.</summary>
    public static IQueryable<T> OwnOf<T>(this IQueryable<T> all, Caller caller) where T : class, IAsked =>
        caller.OnlyWithKey() is { } key ? all.Where(it => it.UserId == caller.UserId && it.AskedByKeyId == key) : all.Where(it => it.UserId == caller.UserId);

    /// <summary>The graphs that the caller may see. A key that may only ask runs its user's graphs, and so may read them.</summary>
    public static IQueryable<Graph> VisibleTo(this IQueryable<Graph> graphs, Caller caller) =>
        caller.IsAdmin && caller.OnlyWithKey() is null ? graphs : graphs.Where(g => g.UserId == caller.UserId);

    /// <returns>The key's id where the caller sees only what was asked or started with it; else null.</returns>
    static string? OnlyWithKey(this Caller caller) => caller.May(KeyMay.decide) || caller.MayAdminister() ? null : caller.Key!.Id;

    static string Words(KeyMay rights, string between) => string.Join($" {between} ", KeyWords.Of(rights).Select(right => $"'{right}'"));
}
