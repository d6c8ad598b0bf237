using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>
/// What stood on the page when a button was pressed (js/press.js). Over a bad connection a press is long on its way; nothing that is
/// typed or shown meanwhile is part of it.
/// </summary>
public sealed class PressEventArgs : EventArgs
{
    /// <summary>The digest of what was shown; empty where the page names none.</summary>
    public string Shown { get; set; } = "";

    /// <summary>
    /// The number under which the editor keeps what stood in it, see <see cref="PayloadEditor.ReadPressedAsync"/>; null where none was
    /// open.
    /// </summary>
    public int? Typed { get; set; }
}

/// <summary>Makes <c>@onpress</c> known.</summary>
[EventHandler("onpress", typeof(PressEventArgs))]
public static class EventHandlers;
