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
/// is its user's; any other only what was asked or started with it. That its user is an admin counts for a key in the calls for admins
/// alone, which look for themselves whether it may. Who asks doesn't decide: what a key asked for, it never decides. Seeing is not acting:
/// a key asks, continues and consumes only in the name of what was asked or started with it.
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

    /// <summary>Lets an admin pass, and an admin's key that may.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="act">What only an admin may do, as it stands in a sentence.</param>
    /// <exception cref="RefusedException">Forbidden: no admin, or a key that may not.</exception>
    public static void RequireAdmin(this Caller caller, string act)
    {
        caller.Require(KeyMay.admin);
        if (!caller.IsAdmin)
            throw new RefusedException(Refusal.Forbidden, $"Only an admin may {act}.");
    }

    /// <summary>What a key that may not do this is answered with.</summary>
    public static RefusedException Missing(CallerKey key, KeyMay anyOf) => new(Refusal.Forbidden,
        $"The key '{key.Name}' may only {Words(key.May, "and")}; this needs a key that may {Words(anyOf, "or")}.");

    /// <summary>What a key needs to stop what it sees: to ask or to decide.</summary>
    public const KeyMay ToStop = KeyMay.ask | KeyMay.decide;

    /// <summary>True for an admin in person: sees and cancels the executions of all users.</summary>
    public static bool SeesAll(this Caller caller) => caller is { IsAdmin: true, Key: null };

    /// <summary>True if the caller may see it.</summary>
    public static bool Sees(this Caller caller, IAsked it) =>
        caller.SeesAll() || (it.UserId == caller.UserId && (caller.May(KeyMay.decide) || caller.AskedItself(it)));

    /// <summary>True if it was asked for or started with the caller's own key: then the caller never decides it.</summary>
    public static bool AskedItself(this Caller caller, IAsked it) => caller.Key is { } key && key.Id == it.AskedByKeyId;

    /// <summary>True if the caller may act in its name: its person, or the key that it was asked for or started with.</summary>
    public static bool ActsFor(this Caller caller, IAsked it) =>
        it.UserId == caller.UserId && (caller.Key is null || caller.AskedItself(it));

    /// <summary>Those of them that the caller may see.</summary>
    public static IQueryable<T> VisibleTo<T>(this IQueryable<T> all, Caller caller) where T : class, IAsked =>
        caller.SeesAll() ? all : all.OwnOf(caller);

    /// <summary>Those of the caller's own that the caller may see; an admin's too are only their own.</summary>
    public static IQueryable<T> OwnOf<T>(this IQueryable<T> all, Caller caller) where T : class, IAsked =>
        caller.May(KeyMay.decide) ? all.Where(it => it.UserId == caller.UserId) : all.ActedForBy(caller);

    /// <summary>Those in whose name the caller may act.</summary>
    public static IQueryable<T> ActedForBy<T>(this IQueryable<T> all, Caller caller) where T : class, IAsked =>
        caller.Key is { } key
            ? all.Where(it => it.UserId == caller.UserId && it.AskedByKeyId == key.Id)
            : all.Where(it => it.UserId == caller.UserId);

    static string Words(KeyMay rights, string between) => string.Join($" {between} ", KeyWords.Of(rights).Select(right => $"'{right}'"));
}
