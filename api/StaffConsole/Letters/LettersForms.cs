using Campaigns.Db.Signatures;

namespace Campaigns.Api.StaffConsole.Letters;

/// <summary>What was typed in a form of the screen, and what came of it.</summary>
public sealed record LettersForms
{
    /// <summary>A refused address as it was typed, so that it can be corrected.</summary>
    public string? Email { get; init; }
    public string? Domain { get; init; }
    public string? Reason { get; init; }

    /// <summary>Why the form comes back.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>
    /// The suppressions of the address; null where none was asked for.
    /// </summary>
    public IReadOnlyList<FoundSuppression>? Found { get; init; }
}
