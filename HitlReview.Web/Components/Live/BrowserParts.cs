using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Live;

/// <summary>How a component lets go, at its end, of what it has in the browser.</summary>
static class BrowserParts
{
    /// <summary>
    /// Lets go of a part of the browser. A browser that is gone has let go of it by itself, and so has one that has gone to another page:
    /// it answers nothing more, which shows only after a minute. Neither is a fault of the component.
    /// </summary>
    /// <param name="part">The part; null where it never came to be.</param>
    /// <param name="last">A function of it to call first.</param>
    public static async ValueTask LetGoAsync(this IJSObjectReference? part, string? last = null)
    {
        if (part is null)
            return;
        try
        {
            if (last is not null)
                await part.InvokeVoidAsync(last);
            await part.DisposeAsync();
        }
        catch (Exception e) when (e is JSDisconnectedException or JSException or OperationCanceledException)
        {
        }
    }
}
