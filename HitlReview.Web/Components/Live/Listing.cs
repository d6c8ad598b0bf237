using HitlReview.Core.Storage;

namespace HitlReview.Web.Components.Live;

/// <summary>Reads lists as far down as a page shows them.</summary>
public static class Listing
{
    /// <summary>How many rows each step down a list adds.</summary>
    public const int Step = 50;

    /// <summary>Reads at least as many rows as wanted, as far as there are so many.</summary>
    /// <param name="read">Reads one page of the list.</param>
    /// <param name="wanted">How many; at least <see cref="Step"/> are read.</param>
    public static async Task<ListPage<T>> ReadAsync<T>(Func<PageRequest, Task<ListPage<T>>> read, int wanted)
    {
        wanted = Math.Max(wanted, Step);
        var rows = new List<T>();
        ListPage<T>? page = null;
        do
        {
            page = await read(new(1, Math.Min(wanted - rows.Count, PageRequest.MaxSize), page?.Next));
            rows.AddRange(page.Items);
        }
        while (page.Next is not null && rows.Count < wanted);
        return page with { Items = rows };
    }
}
