using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace HitlReview.Web.Resources;

/// <summary>
/// The languages of the pages: English, and each other of which there is a translation beside the English texts. The browser says which one
/// its reader prefers.
/// </summary>
static class Languages
{
    const int MaxPreferred = 5; // as many as a browser sends, and no more work than that for others
    static readonly StringSegment[] s_invariant = [""];

    /// <summary>
    /// Answers each request in the reader's language, as far as there are texts in it. Numbers stay as they are: the program brings no
    /// conventions of other languages along.
    /// </summary>
    public static void UseLanguages(this IApplicationBuilder app) => app.UseRequestLocalization(new RequestLocalizationOptions
    {
        DefaultRequestCulture = new(CultureInfo.InvariantCulture, new(Texts.Language)),
        SupportedCultures = [CultureInfo.InvariantCulture],
        SupportedUICultures = [new(Texts.Language), .. Translations()],
        RequestCultureProviders = [
            new CustomRequestCultureProvider(context =>
                Task.FromResult<ProviderCultureResult?>(new(s_invariant, [.. Preferred(context.Request)])))],
    });

    // "de" after "de-CH": without the conventions of languages the program doesn't know which is part of which.
    static IEnumerable<StringSegment> Preferred(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Take(MaxPreferred)
            .SelectMany(language => (StringSegment[])[language.Value, language.Value.Split(['-']).First()]);

    // The compiler puts the texts of each language into a folder of its name.
    static IEnumerable<CultureInfo> Translations() =>
        Directory.EnumerateFiles(
            AppContext.BaseDirectory, $"{typeof(Languages).Assembly.GetName().Name}.resources.dll",
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(file => new CultureInfo(Path.GetFileName(Path.GetDirectoryName(file)!)));
}
