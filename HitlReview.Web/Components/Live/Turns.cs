namespace HitlReview.Web.Components.Live;

/// <summary>Lets what a component does take turns: on a circuit one thing can begin while another waits for the database.</summary>
/// <remarks>For one circuit only. What runs in a turn must not wait for another turn.</remarks>
sealed class Turns
{
    Task _last = Task.CompletedTask;

    /// <summary>Does something once all that was begun before it has ended, well or not.</summary>
    public async Task TakeAsync(Func<Task> act)
    {
        var before = _last;
        var done = new TaskCompletionSource();
        _last = done.Task;
        await before;
        try
        {
            await act();
        }
        finally
        {
            done.SetResult();
        }
    }
}
