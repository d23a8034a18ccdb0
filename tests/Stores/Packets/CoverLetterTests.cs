using System.Globalization;
using System.Text;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Documents;
using Dapper;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>The letter says who signed what, and its figures are those of the manifest.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class CoverLetterTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Letter_quotes_each_signed_text_with_its_figure()
    {
        await SignAsync(3, "en");
        await SignAsync(1, "nl");
        await AddVersionAsync("en", "Second words", "We ask again.");
        await SignAsync(2, "en");
        var (letter, manifest) = await BuildAsync("en");
        Assert.Contains("signed by 6 people", letter, StringComparison.Ordinal);
        foreach (
            var quoted in (string[])
                [
                    "English, version 1: signed by 3 people We ask you to investigate.",
                    "English, version 2: signed by 2 people Second words We ask again.",
                    "Dutch, version 1: signed by 1 person Onderzoek de vervolging Wij vragen u te onderzoeken.",
                ]
        )
            Assert.Contains(quoted, letter, StringComparison.Ordinal);
        Assert.DoesNotContain("Annex", letter, StringComparison.Ordinal);
        Assert.Equal([3L, 2, 1], manifest.Texts.Select(text => text.Confirmed));
        Assert.Equal(manifest.Texts.Sum(text => text.Confirmed), manifest.Counts["GB"].Confirmed);
    }

    [Fact]
    public async Task Letter_with_more_than_six_texts_has_all_in_an_annex()
    {
        await SignAsync(2, "en");
        for (var version = 2; version <= 8; version++)
        {
            await AddVersionAsync("en", "Investigate", $"Words of version {version}.");
            await SignAsync(version == 8 ? 1 : 3, "en");
        }
        var (letter, manifest) = await BuildAsync("en");
        var parts = letter.Split("Annex: all texts that were signed");
        Assert.Equal(2, parts.Length);
        Assert.Equal(6, PacketTests.Occurrences(parts[0], ": signed by 3 people"));
        Assert.Contains("2 more texts were signed, by 3 people.", parts[0], StringComparison.Ordinal);
        foreach (var text in manifest.Texts)
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"English, version {text.Version}: signed by"),
                parts[1],
                StringComparison.Ordinal
            );
        Assert.Contains("version 8: signed by 1 person", parts[1], StringComparison.Ordinal);
        Assert.Equal(21, manifest.Texts.Sum(text => text.Confirmed));
    }

    [Theory]
    [InlineData("en", "signed by 1 person,", "Signatures at the cut-off: 2. Since then 1 of them was", "2 people")]
    [InlineData("nl", "die door 1 persoon is", "op het peilmoment: 2. Sindsdien is er 1", "2 mensen")]
    [InlineData("nb", "som 1 person har", "ved skjæringspunktet: 2. Siden er 1 av dem", "2 personer")]
    public async Task Letter_says_who_left_since_the_cut_off(string locale, string total, string left, string words)
    {
        await SignAsync(1, "en");
        var leaves = await _fixture.ConfirmPersonAsync("Leaves Soon");
        await _fixture.SealAllAsync();
        var id = await _fixture.RequestAsync(countries: ["GB"], locale: locale);
        await _fixture.WithdrawAsync(leaves);
        await _fixture.RunAsync();
        var letter = Pdf.Text(_fixture.Files(id)[PacketNames.CoverLetter]);
        Assert.Contains(total, letter, StringComparison.Ordinal);
        Assert.Contains(left, letter, StringComparison.Ordinal);
        Assert.Contains(words, letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_a_restore_lost_are_named_with_their_figure()
    {
        await SignAsync(2, "en");
        await _fixture.ConfirmPersonAsync("Lost Words");
        await _fixture.SealAllAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE ledger_entries SET text_hash = NULL WHERE n = 2")
        );
        var (letter, manifest) = await BuildAsync("en");
        Assert.Contains("version 1: signed by 2 people", letter, StringComparison.Ordinal);
        Assert.Contains("Words that are not known: signed by 1 person.", letter, StringComparison.Ordinal);
        Assert.Equal(3, manifest.Texts.Sum(text => text.Confirmed));
    }

    [Theory]
    [InlineData("en", 1, "Sweden: 1 more, confirmed before this country was listed, stands under other countries.")]
    [InlineData("en", 3, "Sweden: 3 more, confirmed before this country was listed, stand under other countries.")]
    [InlineData("nl", 3, "Zweden: nog 3, bevestigd voordat dit land op de lijst stond, staan onder andere landen.")]
    [InlineData("nb", 3, "Sverige: 3 til, bekreftet før dette landet kom på listen, står under andre land.")]
    public async Task Country_listed_later_says_how_many_stand_elsewhere(string locale, int before, string sentence)
    {
        for (var i = 0; i < before; i++)
            await _fixture.ConfirmPersonAsync("Confirmed Before", country: "SE");
        var left = await _fixture.ConfirmPersonAsync("Left Again", country: "SE");
        await _fixture.SealAllAsync();
        Assert.Null(
            (
                await _fixture
                    .Get<CampaignEditor>()
                    .ChangeAsync(
                        PacketFixture.Slug,
                        campaign =>
                            Example.DraftOf(campaign) with
                            {
                                Countries = [.. campaign.Countries, new("SE", 10, "en")],
                            },
                        Actor.Operator,
                        mayEraseSooner: false
                    )
            ).Refusal
        );
        _fixture.Reload();
        await _fixture.ConfirmPersonAsync("Listed Now", country: "SE");
        await _fixture.WithdrawAsync(left);
        await _fixture.SealAllAsync();
        var id = await _fixture.BuildAsync(countries: ["SE"], locale: locale);
        Assert.Equal(1, _fixture.Packets.Find(id)!.Manifest!.Counts["SE"].Confirmed);
        var files = _fixture.Files(id);
        foreach (var name in (string[])[PacketNames.CoverLetter, PacketNames.CountCertificate])
            Assert.Contains(sentence, Pdf.Text(files[name]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packet_leads_to_the_check_page_and_has_the_newest_hash_of_the_audit_trail()
    {
        await _fixture.Get<AuditChainStore>().LinkAsync(default);
        var head = _fixture.Query(connection =>
            connection.QuerySingle<AuditHead>("SELECT size, hash FROM audit_heads")
        );
        await SignAsync(1, "en");
        var id = await _fixture.BuildAsync(countries: ["GB"]);
        var (manifest, files) = (_fixture.Packets.Find(id)!.Manifest!, _fixture.Files(id));
        Assert.Equal(head, manifest.Audit);
        Assert.Contains(
            head.Hash,
            Pdf.Text(files[PacketNames.CountCertificate]).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("/verify", Pdf.Text(files[PacketNames.CoverLetter]), StringComparison.Ordinal);
        Assert.Contains("/verify", Encoding.UTF8.GetString(files[PacketNames.ReadMe]), StringComparison.Ordinal);
    }

    private async Task SignAsync(int people, string locale)
    {
        for (var i = 0; i < people; i++)
            await _fixture.ConfirmPersonAsync("Kari Nordmann", locale: locale);
    }

    private async Task AddVersionAsync(string locale, string title, string demand)
    {
        Assert.Null(
            (
                await _fixture.Database.Writes.RunAsync(write =>
                    _fixture
                        .Get<CampaignEditor>()
                        .AddTexts(write, PacketFixture.Slug, [new DraftText(locale, title, demand)], Actor.Operator)
                )
            ).Refusal
        );
        _fixture.Reload();
    }

    private async Task<(string Letter, Manifest Manifest)> BuildAsync(string locale)
    {
        var id = await _fixture.BuildAsync(countries: ["GB"], locale: locale);
        return (Pdf.Text(_fixture.Files(id)[PacketNames.CoverLetter]), _fixture.Packets.Find(id)!.Manifest!);
    }
}
