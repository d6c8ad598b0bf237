using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using HitlReview.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Tests.Web.Resources;

/// <summary>
/// The markup of the pages has no words of its own. What the compiler made of it is read, because in it text and code are told apart.
/// </summary>
public sealed partial class WordsInMarkupTests
{
    // The name of the product, and what is typed or sent as it is.
    static readonly HashSet<string> s_same = ["HitlReview", "· HitlReview", "Authorization: Bearer"];

    static readonly HashSet<string> s_said = [
        "aria-label", "alt", "placeholder", "title", "Caption", "HelperText", "Hint", "Label", "Placeholder", "Question", "Title",
    ];

    [Fact]
    public void What_markup_says_is_found() =>
        Assert.Equal(["Said of it", "Said to all", "Said by an attribute", "Said as content"], Found(typeof(Talkative)));

    [Fact]
    public void All_that_markup_says_is_in_the_texts() =>
        Assert.Empty(from type in typeof(App).Assembly.GetTypes()
                     where type.FullName!.StartsWith(typeof(App).Namespace + ".", StringComparison.Ordinal)
                     from words in Found(type)
                     where !s_same.Contains(words)
                     select $"{type.FullName}: {words}");

    /// <summary>The constant texts that a type adds as content, as markup, or as an attribute that people read.</summary>
    static IEnumerable<string> Found(Type type) =>
        from method in type.GetMethods(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.GetMethodBody() is not null
        from words in Literals(method)
        where Letters().IsMatch(words)
        select words.Trim();

    static IEnumerable<string> Literals(MethodInfo method)
    {
        var il = method.GetMethodBody()!.GetILAsByteArray()!;
        for (var at = 0; at < il.Length; at++)
        {
            if (TextAt(method, il, at) is not { } text)
                continue;
            // Within the token nothing begins, though a byte of it may look like it.
            at += 4;
            if (TextAt(method, il, at + 1) is { } value)
            {
                if (s_said.Contains(text))
                    yield return value;
            }
            else if (CalledAt(method, il, at + 1) is { Name: nameof(RenderTreeBuilder.AddContent) })
                yield return text;
            else if (CalledAt(method, il, at + 1) is { Name: nameof(RenderTreeBuilder.AddMarkupContent) })
                foreach (var words in Said()
                    .Matches(text).Select(said => said.Groups[1].Value).Concat(Tag().Split(Code().Replace(text, ""))))
                    yield return words;
        }
    }

    // A text is loaded by ldstr with a token of the table of texts, 0x70.
    static string? TextAt(MethodInfo method, byte[] il, int at) =>
        at + 4 < il.Length && il[at] == OpCodes.Ldstr.Value && il[at + 4] == 0x70
            ? method.Module.ResolveString(BitConverter.ToInt32(il, at + 1))
            : null;

    static MethodBase? CalledAt(MethodInfo method, byte[] il, int at) =>
        at + 4 < il.Length && (il[at] == OpCodes.Callvirt.Value || il[at] == OpCodes.Call.Value)
            ? method.Module.ResolveMethod(
                BitConverter.ToInt32(il, at + 1), method.DeclaringType!.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null)
            : null;

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\b(?:aria-label|alt|placeholder|title)=""([^""]*)""")]
    private static partial Regex Said();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"<(code|kbd|script|style)\b.*?</\1>", RegexOptions.Singleline)]
    private static partial Regex Code();

    sealed class Talkative : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<p class=\"hint\" title=\"Said of it\">Said to all <code>as it is</code></p>");
            builder.OpenElement(1, "p");
            builder.AddAttribute(2, "class", "hint");
            builder.AddAttribute(3, "aria-label", "Said by an attribute");
            builder.AddContent(4, "Said as content");
            builder.CloseElement();
        }
    }
}
