using CsCheck;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;
using HitlReview.Web.Components.Reviews;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>What is typed in a card, and what is kept of it, without a card.</summary>
public sealed class CardDraftTests
{
    static readonly JsonText s_payload = JsonText.Parse("""{"to":"ann"}""", "payload");

    readonly CardDraft _draft = new();

    [Fact]
    public void Until_the_person_comes_nothing_is_taken_and_nothing_is_saved()
    {
        _draft.Write("half");

        Assert.Equal(DraftState.Away, _draft.State);
        Assert.Null(_draft.BeginSaving());
    }

    [Fact]
    public void It_begins_with_what_is_kept()
    {
        _draft.Take(Kept(3, "note", "[1"), s_payload, mayEdit: true);

        Assert.Equal((DraftState.Saved, 3, "note"), (_draft.State, _draft.Revision, _draft.Message));
        Assert.Equal(("[1", s_payload, false), (_draft.Editor!.Text, _draft.Editor.From, _draft.Editor.TakesFocus));
    }

    [Fact]
    public void Where_nothing_may_be_edited_a_kept_edit_stays_closed()
    {
        _draft.Take(Kept(3, "note", "[1"), s_payload, mayEdit: false);

        Assert.Null(_draft.Editor);
        Assert.Equal("note", _draft.Message);
    }

    [Fact]
    public void What_is_typed_is_saved_once_over_the_revision_that_it_was_made_from()
    {
        _draft.Take(Kept(3, "note"), s_payload, mayEdit: true);
        _draft.Edit(s_payload);
        _draft.Write(Typed("[2"));
        _draft.Write("notes");

        Assert.Equal(DraftState.Dirty, _draft.State);
        Assert.Equal(new("[2", "notes", 3), _draft.BeginSaving());
        Assert.Null(_draft.BeginSaving());
        _draft.Saved(4);
        Assert.Equal((DraftState.Saved, 4, false), (_draft.State, _draft.Revision, _draft.IsUnsaved));
        Assert.Null(_draft.BeginSaving());
    }

    [Fact]
    public void What_is_typed_while_it_is_being_saved_is_saved_next()
    {
        Begin();
        _draft.Write("a");
        _draft.BeginSaving();
        _draft.Write("ab");

        _draft.Saved(1);

        Assert.Equal(DraftState.Dirty, _draft.State);
        Assert.Equal(new(null, "ab", 1), _draft.BeginSaving());
    }

    [Fact]
    public void An_editor_in_which_nothing_was_changed_is_nothing_to_keep_and_an_emptied_message_throws_away_what_was_kept()
    {
        _draft.Take(Kept(2, "note"), s_payload, mayEdit: true);
        _draft.Edit(s_payload);
        _draft.Write(Typed(s_payload.Text, isTouched: false));
        _draft.Write("");

        var unsaved = _draft.BeginSaving();

        Assert.True(unsaved!.Value.IsNothing);
        _draft.Saved(0);
        Assert.Equal((DraftState.Saved, 0), (_draft.State, _draft.Revision));
    }

    [Fact]
    public void What_could_not_be_saved_is_tried_again()
    {
        Begin();
        _draft.Write("a");
        _draft.BeginSaving();

        _draft.Refuse();

        Assert.Equal((DraftState.Refused, true), (_draft.State, _draft.IsUnsaved));
        Assert.Equal(new(null, "a", 0), _draft.BeginSaving());
    }

    [Fact]
    public void Overtaken_nothing_is_saved_until_the_person_has_chosen()
    {
        Begin();
        _draft.Write("mine");
        _draft.BeginSaving();
        _draft.Overtake();
        _draft.Write("mine too");

        Assert.Equal(DraftState.Overtaken, _draft.State);
        Assert.Null(_draft.BeginSaving());

        _draft.Keep(7);
        Assert.Equal(new(null, "mine too", 7), _draft.BeginSaving());
    }

    [Fact]
    public void The_others_draft_may_be_taken_instead()
    {
        Begin();
        _draft.Write("mine");
        _draft.Meet(5, mayDecide: true);
        Assert.Equal(DraftState.Overtaken, _draft.State);

        _draft.Take(Kept(5, "theirs"), s_payload, mayEdit: true);

        Assert.Equal((DraftState.Saved, 5, "theirs"), (_draft.State, _draft.Revision, _draft.Message));
        Assert.Null(_draft.BeginSaving());
    }

    [Fact]
    public void Where_nothing_is_typed_another_windows_draft_comes_in()
    {
        Begin();

        _draft.Meet(1, mayDecide: true);

        Assert.Equal(DraftState.Away, _draft.State);
    }

    [Theory]
    [InlineData(false, DraftState.Saved)]
    [InlineData(true, DraftState.Dirty)]
    public void Overtaken_by_something_that_is_gone_again_it_is_as_before(bool typed, DraftState expected)
    {
        _draft.Take(Kept(2, "note"), s_payload, mayEdit: true);
        _draft.Meet(3, mayDecide: true);
        if (typed)
            _draft.Write("notes");

        _draft.Meet(2, mayDecide: true);

        Assert.Equal(expected, _draft.State);
    }

    [Fact]
    public void Given_up_an_edit_is_no_longer_kept_and_the_message_is()
    {
        _draft.Take(Kept(3, "note", "[1"), s_payload, mayEdit: true);

        _draft.Discard();

        Assert.Null(_draft.Editor);
        Assert.Equal(new(null, "note", 3), _draft.BeginSaving());
    }

    [Fact]
    public void Sent_it_is_over_and_undone_it_begins_with_what_was_kept()
    {
        Begin();
        _draft.Write("go");
        _draft.BeginSaving();
        _draft.Saved(1);
        _draft.Edit(s_payload);
        _draft.Write(Typed("[9"));
        _draft.Send();

        Assert.Null(_draft.BeginSaving());
        _draft.Meet(1, mayDecide: false);
        _draft.Take(Kept(1, "go"), s_payload, mayEdit: true);

        Assert.Equal((DraftState.Saved, "go", null), (_draft.State, _draft.Message, _draft.Editor));
    }

    [Fact]
    public void What_an_editor_says_after_it_was_closed_changes_nothing()
    {
        Begin();
        _draft.Edit(s_payload);
        _draft.Close();

        _draft.Write(Typed("[9"));

        Assert.Equal((DraftState.Saved, null), (_draft.State, _draft.Editor));
    }

    [Fact]
    public void Each_editor_is_another()
    {
        Begin();
        _draft.Edit(s_payload);
        var first = _draft.Editor!.Key;
        _draft.Write(Typed("[9"));
        Assert.Same(first, _draft.Editor!.Key);

        _draft.Close();
        _draft.Edit(s_payload);

        Assert.NotSame(first, _draft.Editor!.Key);
    }

    [Fact]
    public void Of_two_windows_that_type_save_and_hear_of_each_other_in_any_order_neither_overwrites_what_it_has_not_seen() =>
        Gen.Int[0, 5].Select(Gen.Int[0, 1]).Array[0, 60].Sample(moves =>
        {
            var kept = new Shelf();
            CardDraft[] windows = [new(), new()];
            string?[] seen = [null, null]; // what each knows to be kept
            foreach (var (move, which) in moves)
            {
                var window = windows[which];
                if (move == 0 || window.State == DraftState.Away)
                    (_, seen[which]) = (Take(window, kept), kept.Message);
                else if (move == 1)
                    window.Write($"{which}{window.Typed}");
                else if (move == 2 && window.BeginSaving() is { } unsaved)
                {
                    var before = kept.Message;
                    if (kept.Save(unsaved) is not { } revision)
                        window.Overtake();
                    else
                    {
                        Assert.Equal(seen[which], before);
                        window.Saved(revision);
                        seen[which] = kept.Message;
                        Assert.Equal(window.Message, kept.Message);
                    }
                }
                else if (move == 3)
                    window.Meet(kept.Revision, mayDecide: true);
                else if (move == 4 && window.State == DraftState.Overtaken)
                {
                    window.Keep(kept.Revision);
                    seen[which] = kept.Message;
                }
            }
            // Who has nothing to save and has heard of everything shows what is kept.
            foreach (var window in windows)
            {
                window.Meet(kept.Revision, mayDecide: true);
                if (window.State == DraftState.Saved)
                    Assert.Equal(kept.Message ?? "", window.Message);
            }
        });

    static CardDraft Take(CardDraft window, Shelf kept)
    {
        window.Take(kept.Revision == 0 ? null : Kept(kept.Revision, kept.Message), s_payload, mayEdit: true);
        return window;
    }

    void Begin() => _draft.Take(null, s_payload, mayEdit: true);

    static PayloadDraft Typed(string text, bool isTouched = true) => new(text, null, [], isTouched);

    static ReviewDraft Kept(long revision, string? message, string? text = null) => new()
    {
        UserId = "rosa",
        NodeExecId = "a",
        PayloadHash = s_payload.Hash,
        UpdatedAt = default,
        Revision = revision,
        Message = message,
        Text = text,
    };

    /// <summary>Keeps one draft as the database does.</summary>
    sealed class Shelf
    {
        public long Revision { get; private set; }

        public string? Message { get; private set; }

        public long? Save(UnsavedDraft unsaved)
        {
            if (unsaved.Revision != Revision)
                return null;
            Message = unsaved.Message;
            return ++Revision;
        }
    }
}
