using Campaigns.Db.Engine;

namespace Campaigns.Db.Campaigns;

internal sealed class NoticeRow
{
    public required string Version { get; init; }
    public required string Body { get; init; }
    public required string? Texts { get; init; }

    public PrivacyNotice ToNotice() => new(Version, Body) { Texts = StoredWords.Read(Texts) };
}
