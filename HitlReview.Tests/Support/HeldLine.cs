using Microsoft.Playwright;

namespace HitlReview.Tests.Support;

/// <summary>The way from the browser to the server, which delivers everything in its order, but not always at once.</summary>
sealed class HeldLine
{
    readonly Lock _lock = new();
    readonly Queue<Action> _held = new();
    IWebSocketRoute? _browser;
    bool _holds;

    public void Join(IWebSocketRoute browser)
    {
        _browser = browser;
        var server = browser.ConnectToServer();
        browser.OnMessage(frame => Pass(() =>
        {
            if (frame.Binary is { Length: > 0 } bytes)
                server.Send(bytes);
            else
                server.Send(frame.Text!);
        }));
    }

    public void Hold()
    {
        lock (_lock)
            _holds = true;
    }

    public void Release()
    {
        lock (_lock)
        {
            _holds = false;
            while (_held.TryDequeue(out var send))
                send();
        }
    }

    /// <summary>Loses what was held back, and the line with it.</summary>
    public Task CutAsync()
    {
        lock (_lock)
        {
            _holds = false;
            _held.Clear();
        }
        return _browser!.CloseAsync();
    }

    void Pass(Action send)
    {
        lock (_lock)
        {
            if (_holds)
                _held.Enqueue(send);
            else
                send();
        }
    }
}
