using AngleSharp.Dom;
using Bunit;
using HitlReview.Web.Components.Reviews;

namespace HitlReview.Tests.Support;

/// <summary>Presses a button as the browser does (js/press.js), where there is no browser.</summary>
public static class Pressed
{
    /// <summary>The number under which a test's editor keeps what stood in it.</summary>
    public const int Typed = 1;

    /// <summary>Presses it, with what it says at this moment of the payload.</summary>
    public static Task PressAsync(this IElement button)
    {
        if (!button.HasAttribute("blazor:onpress"))
            return button.ClickAsync();
        var about = button.Closest("[data-press]");
        int? typed = about?.QuerySelector(".editor-host") is null ? null : Typed;
        return button.TriggerEventAsync("onpress", new PressEventArgs { Shown = about?.GetAttribute("data-press") ?? "", Typed = typed });
    }
}
