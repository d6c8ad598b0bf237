using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Reviews;

/// <summary>
/// What stood on the page when a button was pressed (js/press.js). Over a bad connection a press is long on its way; nothing that is
/// typed or shown meanwhile is part of it.
/// </summary>
public sealed class PressEventArgs : EventArgs
{
    /// <summary>The id of the press, which the browser makes; sent again it is the same press. See <see cref="Presses"/>.</summary>
    public string Id { get; set; } = "";

    /// <summary>The digest of what was shown; empty where the page names none.</summary>
    public string Shown { get; set; } = "";

    /// <summary>What is said with it behind what is typed, such as a reason that was chosen; empty for nothing.</summary>
    public string Says { get; set; } = "";

    /// <summary>
    /// The number under which the editor keeps what stood in it, see <see cref="PayloadEditor.ReadPressedAsync"/>; null where none was
    /// open.
    /// </summary>
    public int? Typed { get; set; }
}

/// <summary>Makes <c>@onpress</c> known.</summary>
[EventHandler("onpress", typeof(PressEventArgs))]
public static class EventHandlers;

/// <summary>
/// The presses that a page has made. After a lost connection the browser sends those again of which it doesn't know that they arrived
/// (js/outbox.js); one that did counts once, also if it was undone meanwhile.
/// </summary>
public sealed class Presses
{
    readonly HashSet<string> _heard = new(StringComparer.Ordinal);

    /// <summary>True if it is heard of for the first time.</summary>
    /// <param name="press">The press; one without an id always is.</param>
    public bool IsNew(PressEventArgs press) => press.Id.Length == 0 || _heard.Add(press.Id);

    /// <summary>Answers; a browser that hears it knows that what it has sent before over the same line has arrived.</summary>
    [JSInvokable]
    public static Task IsHere() => Task.CompletedTask;
}
