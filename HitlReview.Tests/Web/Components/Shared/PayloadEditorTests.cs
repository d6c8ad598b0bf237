using System.Text.Json;
using Bunit;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Tests.Web.Components.Shared;

/// <summary>What the editor's browser side is opened with.</summary>
public sealed class PayloadEditorTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("""{"to":"bob"}""", true)]
    public async Task A_draft_is_checked_at_once_and_its_copy_in_the_browser_belongs_to_the_original(string? draft, bool changed)
    {
        await using var page = new BunitContext();
        var module = page.JSInterop.SetupModule(_ => true);
        var editor = module.SetupModule("open", _ => true);
        editor.SetupVoid("forget").SetVoidResult();
        var shown = page.Render<PayloadEditor>(p => p
            .Add(e => e.Original, JsonText.Trusted("""{"to":"ann"}"""))
            .Add(e => e.Schema, PayloadSchema.Parse("""{"properties":{"to":{}}}"""))
            .Add(e => e.Text, draft)
            .Add(e => e.DraftKey, "draft-1"));

        var options = JsonSerializer.SerializeToElement(Assert.Single(module.Invocations["open"]).Arguments[4]);
        Assert.Equal("""{"properties":{"to":{}}}""", options.GetProperty("schema").GetString());
        Assert.Equal(("draft-1", changed), (options.GetProperty("draftKey").GetString(), options.GetProperty("changed").GetBoolean()));
        Assert.StartsWith("12-", options.GetProperty("draftBase").GetString(), StringComparison.Ordinal);

        await shown.InvokeAsync(shown.Instance.ForgetAsync);
        Assert.Single(editor.Invocations["forget"]);
    }
}
