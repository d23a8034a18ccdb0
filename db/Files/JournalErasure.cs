namespace Campaigns.Db.Files;

/// <summary>
/// An erasure of what staff recorded, which a restored backup must not bring back. <c>Kind</c> is
/// one of the constants.
/// </summary>
/// <param name="At">When it was erased.</param>
/// <param name="Kind">What was erased.</param>
/// <param name="Id">The id of its row.</param>
public sealed record JournalErasure(DateTimeOffset At, string Kind, long Id)
{
    /// <summary>A file of evidence: the key that decrypts it.</summary>
    public const string Evidence = "evidence-erased";

    /// <summary>A hand-over without attempts.</summary>
    public const string Handover = "handover-deleted";

    public static IReadOnlyList<string> Kinds { get; } = [Evidence, Handover];
}
