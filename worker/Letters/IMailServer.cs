namespace Campaigns.Worker.Letters;

/// <summary>
/// Where letters leave the house: the one edge of the machine that is worth an interface. Nothing
/// outside the folder of an implementation knows how a letter travels (docs/adr/0004).
/// </summary>
public interface IMailServer
{
    /// <summary>
    /// Hands the letters over in order, over as few connections as it can, and answers one
    /// <see cref="DeliveryOutcome"/> for each, in the same order, as soon as it is known. Once the
    /// server cannot be spoken to, the rest is answered <see cref="DeliveryResult.NotTried"/>. Does
    /// not throw for what servers do. After cancellation the letter under way is still finished,
    /// unless the server keeps it waiting for more than a few seconds.
    /// </summary>
    IAsyncEnumerable<DeliveryOutcome> SendAsync(IReadOnlyList<MimeLetter> letters, CancellationToken cancellationToken);
}

/// <summary>What became of one letter.</summary>
/// <param name="Status">
/// An enhanced status (<c>5.1.1</c>, RFC 3463), a reply code (<c>550</c>) or a word of ours
/// (<c>connection-lost</c>); null when sent. Never the server's own text, which may quote the
/// address.
/// </param>
public sealed record DeliveryOutcome(long LetterId, DeliveryResult Result, string? Status);

public enum DeliveryResult
{
    /// <summary>The server has taken responsibility for the letter.</summary>
    Sent,

    /// <summary>The server, or the address itself, says that trying again is of no use.</summary>
    Permanent,

    /// <summary>Not accepted this time; nothing of it was kept by the server.</summary>
    Temporary,

    /// <summary>
    /// The whole letter was handed over and no answer came: it may or may not be on its way.
    /// </summary>
    Unknown,

    /// <summary>
    /// The server could not be spoken to, or refused us rather than this letter: says nothing about
    /// the letter.
    /// </summary>
    NotTried,
}
