namespace Campaigns.Db.Journals;

/// <summary>Lines of the journal that a start or a restore went on without.</summary>
public sealed record JournalGap
{
    public required string File { get; init; }

    /// <summary>How many lines the file had; 0 if that is not known.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>For the log, commands and readiness.</summary>
    public override string ToString() => $"{JournalLoss.Describe(File, Sequence)}, since {Instant.Text(FoundAt)}";
}
