namespace Campaigns.Signatures;

/// <summary>
/// What is wrong with a text that a person typed. The pages have a sentence for each in every
/// language; <see cref="InputProblems.Sentence"/> has the English one for programs.
/// </summary>
public enum InputProblem
{
    Missing,
    TooLong,
    NoLetter,

    /// <summary>Half a surrogate pair, or a code point that is no character.</summary>
    Broken,

    /// <summary>
    /// A control, a direction override or a tag character; in an e-mail address any invisible one.
    /// </summary>
    Invisible,
    Marks,
    AtSign,
    Scheme,
    Www,
    WebAddress,

    /// <summary>A space inside an e-mail address.</summary>
    Space,
    NoAddress,
    LocalPart,
    LocalPartTooLong,
    Domain,
}
