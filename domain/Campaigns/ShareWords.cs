namespace Campaigns;

/// <summary>What people are offered to say when they pass a campaign on.</summary>
/// <param name="Text">A sentence by locale; where there is none the title stands in.</param>
/// <param name="Hashtags">Words without their sign.</param>
public sealed record ShareWords(LocaleWords Text, IReadOnlyList<string> Hashtags)
{
    public static ShareWords None { get; } = new(LocaleWords.None, []);

    public bool IsEmpty => Text.IsEmpty && Hashtags.Count == 0;

    public bool Equals(ShareWords? other) =>
        other is not null && Text.Equals(other.Text) && Hashtags.SequenceEqual(other.Hashtags);

    public override int GetHashCode() => Text.GetHashCode();
}
