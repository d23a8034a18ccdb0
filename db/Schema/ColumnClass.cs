namespace Campaigns.Db.Schema;

/// <summary>The kind of data that a column may contain, with regard to personal data.</summary>
public enum ColumnClass
{
    /// <summary>Published, or meant to be published.</summary>
    Public,

    /// <summary>
    /// Text from a signer, or data that identifies a signer: always encrypted (see
    /// <see cref="global::Campaigns.Crypto.FieldEncryptor"/>).
    /// </summary>
    Encrypted,

    /// <summary>A hash that a guess cannot reproduce: keyed, or of random bytes.</summary>
    KeyedHash,

    /// <summary>
    /// Ids, states, instants, counters and coded choices: no text from a signer, nothing that
    /// identifies a signer.
    /// </summary>
    Technical,
}
