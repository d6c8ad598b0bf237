namespace HitlReview.Core.HostileText;

/// <summary>A set of scripts.</summary>
readonly record struct ScriptSet
{
    readonly UInt128 _low, _high;

    ScriptSet(UInt128 low, UInt128 high) => (_low, _high) = (low, high);

    /// <summary>Every script there is: that of characters which serve all of them.</summary>
    public static ScriptSet All { get; } = new(UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>True if no script is in it.</summary>
    public bool IsEmpty => _low == 0 && _high == 0;

    /// <summary>Their names: <c>Latin</c>, <c>Cyrillic</c>. All of them for <see cref="All"/>.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var set = this;
            return [.. Scripts.Names.Where((_, script) => set.Meets(Of(script)))];
        }
    }

    /// <summary>True if a script is in both.</summary>
    public bool Meets(ScriptSet other) => !(this & other).IsEmpty;

    /// <summary>The scripts that are in both.</summary>
    public static ScriptSet operator &(ScriptSet a, ScriptSet b) => new(a._low & b._low, a._high & b._high);

    /// <summary>The scripts that are in one of them or in both.</summary>
    public static ScriptSet operator |(ScriptSet a, ScriptSet b) => new(a._low | b._low, a._high | b._high);

    /// <inheritdoc cref="op_BitwiseAnd"/>
    public static ScriptSet BitwiseAnd(ScriptSet left, ScriptSet right) => left & right;

    /// <inheritdoc cref="op_BitwiseOr"/>
    public static ScriptSet BitwiseOr(ScriptSet left, ScriptSet right) => left | right;

    public static ScriptSet Of(int script) => script < 128 ? new(UInt128.One << script, 0) : new(0, UInt128.One << (script - 128));
}
