namespace Campaigns.Db.Signatures;

/// <summary>A burst of signatures from one network, as staff see it.</summary>
public sealed record Wave
{
    public required long Id { get; init; }

    /// <summary>The id of its first signature, by which waves are ordered.</summary>
    public required long First { get; init; }

    /// <summary>When the first and the last of its signatures were signed.</summary>
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>How many of its signatures are on hold now.</summary>
    public required long Held { get; init; }
}
