namespace HitlReview.Web.Components.Payload;

/// <summary>What the editor says in the browser. A number in braces stands for a name or a count.</summary>
static class EditorWords
{
    /// <summary>The words by the names that <c>editor/</c> knows them by.</summary>
    public static IReadOnlyDictionary<string, string> All => new Dictionary<string, string>
    {
        ["views"] = Texts.EditorViews,
        ["form"] = Texts.EditorForm,
        ["json"] = Texts.EditorJson,
        ["broken"] = Texts.EditorBroken,
        ["showJson"] = Texts.EditorShowJson,
        ["editInJson"] = Texts.EditorEditInJson,
        ["tooLong"] = Texts.EditorTooLong,
        ["unseen"] = Texts.EditorUnseen,
        ["notNumber"] = Texts.EditorNotNumber,
        ["choose"] = Texts.EditorChoose,
        ["required"] = Texts.EditorRequired,
        ["unknownKey"] = Texts.EditorUnknownKey,
        ["add"] = Texts.EditorAdd,
        ["addRequired"] = Texts.EditorAddRequired,
        ["addItem"] = Texts.EditorAddItem,
        ["addKey"] = Texts.EditorAddKey,
        ["newKey"] = Texts.EditorNewKey,
        ["newKeyShort"] = Texts.EditorNewKeyShort,
        ["keyThere"] = Texts.EditorKeyThere,
        ["keyEmpty"] = Texts.EditorKeyEmpty,
        ["remove"] = Texts.EditorRemove,
        ["removeNamed"] = Texts.EditorRemoveNamed,
        ["up"] = Texts.EditorUp,
        ["down"] = Texts.EditorDown,
        ["item"] = Texts.EditorItem,
        ["itemOf"] = Texts.EditorItemOf,
        ["more"] = Texts.EditorMore,
        ["showFields"] = Texts.EditorShowFields,
        ["showItems"] = Texts.EditorShowItems,
        ["variantOf"] = Texts.EditorVariantOf,
        ["noMatch"] = Texts.EditorNoMatch,
        ["kindOf"] = Texts.EditorKindOf,
        ["nullOf"] = Texts.EditorNullOf,
        ["string"] = Texts.EditorKindString,
        ["number"] = Texts.EditorKindNumber,
        ["boolean"] = Texts.EditorKindBoolean,
        ["object"] = Texts.EditorKindObject,
        ["array"] = Texts.EditorKindArray,
        ["null"] = Texts.EditorKindNull,
    };
}
