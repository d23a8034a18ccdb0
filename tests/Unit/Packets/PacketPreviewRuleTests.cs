using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Packets;

/// <summary>Which groups of signatures a preview counts where, and the reasons it gives.</summary>
public sealed class PacketPreviewRuleTests
{
    private static readonly DateTimeOffset _added = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset _later = _added.AddDays(1);

    [Theory]
    [InlineData(Disclosure.Name, Disclosure.Name, Disclosure.Name, null)]
    [InlineData(Disclosure.Initials, Disclosure.Name, Disclosure.Name, LineLimit.Choice)]
    [InlineData(Disclosure.Count, Disclosure.Initials, Disclosure.Name, LineLimit.Choice)]
    [InlineData(Disclosure.Name, Disclosure.Initials, Disclosure.Name, LineLimit.Recipient)]
    [InlineData(Disclosure.Initials, Disclosure.Initials, Disclosure.Name, LineLimit.Choice)]
    [InlineData(Disclosure.Name, Disclosure.Name, Disclosure.Initials, null)]
    [InlineData(Disclosure.Name, Disclosure.Count, Disclosure.Count, null)]
    public void Preview_says_why_less_is_shown(Disclosure chosen, Disclosure most, Disclosure asked, string? reason)
    {
        var preview = Compute(most, asked, new SignatureGroup("GB", chosen, _later, false, 7));
        Assert.Equal(reason is null ? [] : [new LimitedSignatures(reason, 7)], preview.Limited);
        Assert.Equal(7, preview.Counts["GB"].Signatures);
    }

    [Fact]
    public void Preview_only_counts_who_chose_before_the_recipient_and_who_was_erased()
    {
        var preview = Compute(
            Disclosure.Name,
            Disclosure.Name,
            new SignatureGroup("GB", Disclosure.Name, _added.AddDays(-1), false, 3),
            new SignatureGroup("GB", null, null, false, 4),
            new SignatureGroup("GB", Disclosure.Name, _later, true, 5),
            new SignatureGroup("NL", Disclosure.Name, _later, false, 6)
        );
        Assert.Equal(new PacketCounts(12, 0, 0, 7, 5), preview.Counts["GB"]);
        Assert.Equal(["GB"], preview.Counts.Keys);
        Assert.Equal(
            [new LimitedSignatures(LineLimit.AddedLater, 3), new LimitedSignatures(LineLimit.Erased, 4)],
            preview.Limited
        );
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    public void Volumes_hold_ten_thousand_lines(long printed, long volumes)
    {
        var preview = Compute(
            Disclosure.Name,
            Disclosure.Name,
            new SignatureGroup("GB", Disclosure.Name, _later, false, printed)
        );
        Assert.Equal(volumes, preview.Volumes);
    }

    private static PacketPreview Compute(Disclosure most, Disclosure asked, params SignatureGroup[] groups) =>
        PacketPreview.Compute(
            groups,
            ["GB"],
            new Recipient("embassy", "Embassy", "London", null, Recipient.LowRisk, most, _added),
            asked
        );
}
