namespace Campaigns.Letters;

/// <summary>The result of one try to send a letter.</summary>
public enum DeliveryResult
{
    /// <summary>The server has taken responsibility for the letter.</summary>
    Sent,

    /// <summary>A retry is useless, because of the address or the server's reply.</summary>
    Permanent,

    /// <summary>The server did not accept the letter this time and stored nothing of it.</summary>
    Temporary,

    /// <summary>
    /// The whole letter was sent and no reply came, so the server may or may not deliver it.
    /// </summary>
    Unknown,

    /// <summary>
    /// The server was unreachable, or refused the sender or the account rather than the letter.
    /// </summary>
    NotTried,
}
