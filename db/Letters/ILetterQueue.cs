namespace Campaigns.Db.Letters;

/// <summary>
/// An outbox as workers see it: they claim letters with a lease, send them and mark the outcome.
/// Only the attempt that claimed a letter last can mark it, so a worker with an expired lease
/// changes nothing.
/// </summary>
public interface ILetterQueue<TLetter>
    where TLetter : IDueLetter
{
    /// <summary>
    /// How many letters a claim would find, counted up to <paramref name="limit"/>. Writes nothing.
    /// </summary>
    int CountDue(int limit);

    /// <summary>
    /// Claims up to <paramref name="limit"/> letters for one lease. Some may be obsolete, and fewer
    /// may be returned than are due.
    /// </summary>
    Task<IReadOnlyList<TLetter>> ClaimAsync(string owner, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Renews the leases of claimed letters; returns how many it renewed. An expired lease is not
    /// renewed.
    /// </summary>
    Task<int> RenewAsync(string owner, IReadOnlyList<long> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the outcomes of claimed letters in one transaction. Outcomes of earlier attempts are
    /// ignored.
    /// </summary>
    Task MarkAsync(IReadOnlyList<LetterOutcome<TLetter>> outcomes, CancellationToken cancellationToken);
}
