using Microsoft.JSInterop;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// What a component has in the browser: what a function of a script made for it. The component may be gone before it is there, which is no
/// fault of the page around it.
/// </summary>
sealed class BrowserPart : IAsyncDisposable
{
    IJSObjectReference? _module;
    bool _isGone;

    /// <summary>What was made; null while it isn't there.</summary>
    public IJSObjectReference? It { get; private set; }

    /// <summary>Loads the script and has its function make the part.</summary>
    /// <param name="js">The browser.</param>
    /// <param name="script">The address of the script.</param>
    /// <param name="function">The function.</param>
    /// <param name="args">What it is given.</param>
    /// <exception cref="JSException">The script can't be loaded, or its function failed.</exception>
    public async Task OpenAsync(IJSRuntime js, string script, string function, params object?[] args)
    {
        try
        {
            var module = await js.InvokeAsync<IJSObjectReference>("import", script);
            if (_isGone)
            {
                await module.LetGoAsync();
                return;
            }
            _module = module;
            var made = await module.InvokeAsync<IJSObjectReference>(function, args);
            if (_isGone)
                await made.LetGoAsync();
            else
                It = made;
        }
        catch (Exception) when (_isGone)
        {
            // Whatever it was, it is of no concern any more: what it was given may be gone as well.
        }
    }

    /// <summary>From now on nothing more is opened.</summary>
    public void Close() => _isGone = true;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAsync(null);

    /// <summary>Lets go of it.</summary>
    /// <param name="last">A function of it to call first; null for none.</param>
    public async ValueTask DisposeAsync(string? last)
    {
        Close();
        await It.LetGoAsync(last);
        await _module.LetGoAsync();
    }
}
