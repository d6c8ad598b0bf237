using System.Text.Json;
using Bunit;
using HitlReview.Core.Payloads;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Payload;
using Microsoft.JSInterop;

namespace HitlReview.Tests.Web.Components.Payload;

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

    [Fact]
    public async Task An_end_that_the_browser_does_not_answer_is_no_fault()
    {
        await using var page = new BunitContext();
        var editor = page.JSInterop.SetupModule(_ => true).SetupModule("open", _ => true);
        editor.SetupVoid("dispose").SetCanceled();
        var shown = page.Render<PayloadEditor>(p => p.Add(e => e.Original, JsonText.EmptyObject));

        await shown.InvokeAsync(async () => await shown.Instance.DisposeAsync());

        Assert.Single(editor.Invocations["dispose"]);
    }

    [Theory]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(JSDisconnectedException))]
    [InlineData(typeof(JSException))]
    public async Task A_part_of_the_browser_that_is_gone_is_let_go_of(Type what)
    {
        var part = new GonePart(
            (Exception)(what == typeof(TaskCanceledException) ? new TaskCanceledException() : Activator.CreateInstance(what, "gone")!));

        await part.LetGoAsync();

        Assert.True(part.WasAsked);
    }

    sealed class GonePart(Exception why) : IJSObjectReference
    {
        public bool WasAsked { get; private set; }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => throw why;

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => throw why;

        public ValueTask DisposeAsync()
        {
            WasAsked = true;
            return ValueTask.FromException(why);
        }
    }
}
