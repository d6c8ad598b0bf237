namespace HitlReview.Core;

/// <summary>What an API key may do. Its pages and the making of keys are never reached by a key.</summary>
[Flags]
public enum KeyMay
{
    /// <summary>Nothing.</summary>
    none = 0,

    /// <summary>Ask, wait, consume, run blocks and graphs, stop; and see what was asked or started with it.</summary>
    ask = 1,

    /// <summary>See all that its user sees, and decide it; but nothing that it asked for itself.</summary>
    decide = 2,

    /// <summary>The calls for admins under <c>/api/admin</c>, and nothing elsewhere. Only for an admin's key.</summary>
    admin = 4,

    /// <summary>Read <c>/metrics</c>. Only for an admin's key: they tell how much everybody works.</summary>
    metrics = 8,
}
