using Campaigns.Letters;

namespace Campaigns.Db.Letters;

/// <summary>A claimed letter of any kind, as sending needs it.</summary>
public interface IDueLetter
{
    long Id { get; }

    /// <summary>The kind of letter, in a word.</summary>
    string Kind { get; }

    /// <summary>
    /// The reason not to send this letter any more, in a word; null if it is to be sent.
    /// </summary>
    string? Obsolete { get; }

    /// <summary>
    /// The address as typed; null if the letter is <see cref="Obsolete"/> or no key decrypts the
    /// address.
    /// </summary>
    string? Email { get; }

    /// <summary>What happened to it before this claim.</summary>
    LetterHistory History { get; }
}
