using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Web.Components.Reviews;

/// <summary>How what is typed in a card stands to what is kept of it.</summary>
public enum DraftState
{
    /// <summary>Nothing was taken from what is kept: the person has not come to the card yet, or has sent what they typed.</summary>
    Away,

    /// <summary>What stands here is what is kept.</summary>
    Saved,

    /// <summary>Something was typed that is not kept yet.</summary>
    Dirty,

    /// <summary>What was typed is on its way, and nothing was typed since.</summary>
    Saving,

    /// <summary>What was typed could not be kept. It is tried again with the next letter, and when the card is left.</summary>
    Refused,

    /// <summary>
    /// Another window has saved over what this one began with. Nothing is kept until the person has chosen between the two.
    /// </summary>
    Overtaken,
}

/// <summary>What is to be kept.</summary>
/// <param name="Text">The edit; null for none.</param>
/// <param name="Message">The message; null for none.</param>
/// <param name="Revision">The revision that it was made from; 0 for none.</param>
/// <param name="MessageOfApproval">As <see cref="ReviewDraft.MessageOfApproval"/>.</param>
public readonly record struct UnsavedDraft(string? Text, string? Message, long Revision, bool? MessageOfApproval = null)
{
    /// <summary>True where nothing is left to keep, so that what is kept is thrown away.</summary>
    public bool IsNothing => Text is null && Message is null;
}

/// <summary>
/// What a person has typed about one review, and which moves there are between typing, keeping and another window's doing the same.
/// </summary>
/// <remarks>It only knows what it is told: a card reads and saves, one thing after the other.</remarks>
public sealed class CardDraft
{
    DraftState _beneath; // what it was before it was overtaken

    /// <summary>How it stands.</summary>
    public DraftState State { get; private set; }

    /// <summary>The revision that what stands here was made from; 0 for none.</summary>
    public long Revision { get; private set; }

    /// <summary>The message as typed.</summary>
    public string Message { get; private set; } = "";

    /// <summary>As <see cref="ReviewDraft.MessageOfApproval"/>, until the message is typed anew.</summary>
    public bool? MessageOfApproval { get; private set; }

    /// <summary>The editor that is open; null while the payload is only read.</summary>
    public OpenEditor? Editor { get; private set; }

    /// <summary>Grows with every letter, so that only a pause in typing is a time to save.</summary>
    public int Typed { get; private set; }

    /// <summary>True if something was typed that is not kept.</summary>
    public bool IsUnsaved => State is DraftState.Dirty or DraftState.Saving or DraftState.Refused;

    /// <summary>The person comes to the card: it begins with what is kept.</summary>
    /// <param name="kept">What is kept; null for nothing.</param>
    /// <param name="payload">The payload now.</param>
    /// <param name="mayEdit">False where it can't be edited.</param>
    public void Take(ReviewDraft? kept, JsonText payload, bool mayEdit)
    {
        (State, Revision, Message, Editor) = (DraftState.Saved, kept?.Revision ?? 0, kept?.Message ?? "", null);
        MessageOfApproval = kept?.MessageOfApproval;
        if (kept?.Text is { } text && mayEdit)
            Editor = new(payload, text, TakesFocus: false);
    }

    /// <summary>The person opens the editor.</summary>
    public void Edit(JsonText payload) => Editor = new(payload, null, TakesFocus: true);

    /// <summary>The message as it goes with a decision: not with one of the other kind than it was written for.</summary>
    public string MessageFor(bool approval) => MessageOfApproval is { } written && written != approval ? "" : Message;

    /// <summary>The person has typed in the message, or says that it goes with either decision.</summary>
    public void Write(string message)
    {
        (Message, MessageOfApproval) = (message, null);
        Change();
    }

    /// <summary>The person has typed in the editor.</summary>
    public void Write(PayloadDraft edit)
    {
        if (Editor is null)
            return;
        Editor = Editor with { Edit = edit };
        Change();
    }

    /// <summary>The editor closes. What is kept of it stays as it is.</summary>
    public void Close() => Editor = null;

    /// <summary>The person gives up the edit; the message stays.</summary>
    public void Discard()
    {
        Close();
        Change();
    }

    void Change()
    {
        Typed++;
        if (State == DraftState.Overtaken)
            _beneath = DraftState.Dirty;
        else if (State != DraftState.Away)
            State = DraftState.Dirty;
    }

    /// <summary>What there is to save, which is then on its way; null if there is nothing.</summary>
    public UnsavedDraft? BeginSaving()
    {
        if (State is not (DraftState.Dirty or DraftState.Refused))
            return null;
        State = DraftState.Saving;
        return new(Editor is { Edit: { Touched: true } edit } ? edit.Text : null, Message.Length > 0 ? Message : null, Revision,
            MessageOfApproval);
    }

    /// <summary>It is kept.</summary>
    /// <param name="revision">The revision that it has; 0 where what was kept is thrown away.</param>
    public void Saved(long revision)
    {
        Revision = revision;
        if (State == DraftState.Saving)
            State = DraftState.Saved;
    }

    /// <summary>It could not be kept.</summary>
    public void Refuse()
    {
        if (State == DraftState.Saving)
            State = DraftState.Refused;
    }

    /// <summary>Another window has saved in between.</summary>
    public void Overtake()
    {
        if (State is not (DraftState.Overtaken or DraftState.Away))
            (_beneath, State) = (State == DraftState.Saved ? DraftState.Saved : DraftState.Dirty, DraftState.Overtaken);
    }

    /// <summary>
    /// What is kept was read again. Where something is being typed another window's draft is only offered; else it comes in.
    /// </summary>
    /// <param name="revision">The revision that is kept; 0 for none.</param>
    /// <param name="mayDecide">False once there is nothing more to decide.</param>
    /// <param name="messageOfApproval">As <see cref="ReviewDraft.MessageOfApproval"/> of what is kept.</param>
    public void Meet(long revision, bool mayDecide, bool? messageOfApproval = null)
    {
        if (revision == Revision && !IsUnsaved)
            MessageOfApproval = messageOfApproval;
        if (revision != Revision && mayDecide && (Editor is not null || Message.Length > 0))
            Overtake();
        else if (revision != Revision)
            State = DraftState.Away;
        else if (State == DraftState.Overtaken)
            State = _beneath;
    }

    /// <summary>The person prefers what stands here to what another window has kept.</summary>
    /// <param name="revision">The revision of the other's; 0 for none.</param>
    public void Keep(long revision) => (State, Revision, Typed) = (DraftState.Dirty, revision, Typed + 1);

    /// <summary>It was sent: what is kept, if anything, is taken anew once it is undone.</summary>
    public void Send() => State = DraftState.Away;

    /// <summary>True if a revision that was saved somewhere says nothing new.</summary>
    /// <param name="revision">The revision that was saved.</param>
    /// <param name="kept">The one that was read last; 0 for none.</param>
    public bool Knows(long revision, long kept) => revision == kept && (State == DraftState.Away || revision == Revision);
}

/// <summary>The editor of a card, from its opening to its closing.</summary>
/// <param name="From">What it began to edit.</param>
/// <param name="Text">What it opened with where that isn't the payload: a draft.</param>
/// <param name="TakesFocus">True if the person has asked for it.</param>
public sealed record OpenEditor(JsonText From, string? Text, bool TakesFocus)
{
    /// <summary>Tells it from an editor that was open before.</summary>
    public object Key { get; } = new();

    /// <summary>What stands in it, as far as that is known.</summary>
    public PayloadDraft? Edit { get; init; }

    /// <summary>True if something was changed in it.</summary>
    public bool IsTouched => Edit is { Touched: true };
}
