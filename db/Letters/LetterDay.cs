namespace Campaigns.Db.Letters;

/// <summary>How many letters of a campaign had a fate on a day.</summary>
public sealed record LetterDay
{
    public required DateOnly Day { get; init; }

    /// <summary>One of <see cref="global::Campaigns.Letters.LetterFate"/>.</summary>
    public required string Fate { get; init; }

    /// <summary>The code of a refusal; otherwise empty.</summary>
    public required string Code { get; init; }
    public required long Letters { get; init; }
}
