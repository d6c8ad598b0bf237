namespace HitlReview.Web.Components.Account;

/// <summary>
/// What a browser calls itself, in a few words. Anybody can send anything: it helps a person to recognise their own devices, and proves
/// nothing.
/// </summary>
static class DeviceWords
{
    // The first that is found counts: most browsers name those that they want to be taken for too.
    static readonly (string Mark, string Name)[] s_browsers =
    [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    static readonly (string Mark, string Name)[] s_systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <returns>Such as "Firefox on Linux"; null where it names no browser and system that are known.</returns>
    public static string? Of(string device) =>
        Find(s_browsers, device) is { } browser && Find(s_systems, device) is { } system
            ? Say.With(Texts.SessionDevice, browser, system)
            : null;

    static string? Find((string Mark, string Name)[] known, string device) =>
        Array.Find(known, one => device.Contains(one.Mark, StringComparison.Ordinal)).Name;
}
