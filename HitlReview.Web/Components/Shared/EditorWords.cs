namespace HitlReview.Web.Components.Shared;

/// <summary>What the editor says in the browser. A number in braces stands for a name or a count.</summary>
static class EditorWords
{
    /// <summary>The words by the names that <c>editor/</c> knows them by.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["views"] = "How to edit",
        ["form"] = "Form",
        ["json"] = "JSON",
        ["broken"] = "The JSON text isn’t valid now; correct it there.",
        ["showJson"] = "Show the JSON text",
        ["editInJson"] = "Edit in JSON",
        ["tooLong"] = "{0} characters; only the start is shown here.",
        ["unseen"] = "Contains characters that can’t be seen: {0}",
        ["notNumber"] = "must be a number in digits, such as 12 or 0.5; it is not in the payload yet",
        ["choose"] = "Not chosen",
        ["required"] = "required",
        ["unknownKey"] = "Not in the schema.",
        ["add"] = "Add {0}",
        ["addRequired"] = "Add {0} (required)",
        ["addItem"] = "Add an item to {0}",
        ["addKey"] = "Add field",
        ["newKey"] = "Name of a new field in {0}",
        ["newKeyShort"] = "Name of a new field",
        ["keyThere"] = "There is a field of this name already.",
        ["keyEmpty"] = "A new field needs a name.",
        ["remove"] = "Remove",
        ["removeNamed"] = "Remove {0}",
        ["up"] = "Move {0} up",
        ["down"] = "Move {0} down",
        ["item"] = "Item {0}",
        ["itemOf"] = "Item {0} of {1}",
        ["more"] = "Show {0} more of {1} that are left",
        ["showFields"] = "Show {0} fields of {1}",
        ["showItems"] = "Show {0} items of {1}",
        ["variantOf"] = "Variant of {0}",
        ["noMatch"] = "None of that name",
        ["kindOf"] = "Type of {0}",
        ["nullOf"] = "{0}: null",
        ["string"] = "text",
        ["number"] = "number",
        ["boolean"] = "true or false",
        ["object"] = "object",
        ["array"] = "list",
        ["null"] = "null",
    };
}
