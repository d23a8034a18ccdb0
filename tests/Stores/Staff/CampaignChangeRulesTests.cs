using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Staff;

/// <summary>
/// What staff may still change after the first signature, and how a change of recipients affects
/// existing packets.
/// </summary>
public sealed class CampaignChangeRulesTests : IAsyncLifetime
{
    private static readonly DateOnly _handOver = Instant.Day(CampaignFixture.Start).AddDays(20);

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Everything_may_change_before_the_first_signature()
    {
        Assert.Null(
            await ChangeAsync(draft => draft with { EraseAfterDays = 50, HandOverOn = _handOver, Sensitive = true })
        );
        Assert.Null(
            await ChangeAsync(draft =>
                draft with
                {
                    EraseAfterDays = null,
                    Sensitive = false,
                    Organisation = "Others",
                    Countries = [new("NO", 1, null)],
                }
            )
        );
    }

    [Fact]
    public async Task Signed_campaign_cannot_delay_erasure_or_change_organisation()
    {
        Assert.Null(
            await ChangeAsync(draft => draft with { EraseAfterDays = 50, HandOverOn = _handOver, Sensitive = true })
        );
        await _fixture.ConfirmAsync("kari@example.org", campaign: Current);

        Assert.Null(await ChangeAsync(draft => draft with { EraseAfterDays = 40 }));
        Assert.Equal("wrong-state", await ChangeAsync(draft => draft with { EraseAfterDays = 41 }));
        Assert.Equal("wrong-state", await ChangeAsync(draft => draft with { EraseAfterDays = null }));
        Assert.Equal("wrong-state", await ChangeAsync(draft => draft with { Sensitive = false }));
        Assert.Equal("wrong-state", await ChangeAsync(draft => draft with { Organisation = "Others" }));
        Assert.Null(
            await ChangeAsync(draft =>
                draft with
                {
                    Goal = 7,
                    Controller = draft.Controller with { Contact = "new@example.org" },
                }
            )
        );
    }

    [Fact]
    public async Task Country_with_signatures_stays_on_the_list()
    {
        await _fixture.ConfirmAsync("kari@example.org", "GB");
        Assert.Equal("validation", await ChangeAsync(draft => draft with { Countries = [new("NL", 50, "nl")] }));
        Assert.Null(await ChangeAsync(draft => draft with { Countries = [new("GB", 5, "en"), new("NO", 5, "nb")] }));
    }

    [Fact]
    public async Task Late_archiving_does_not_delay_erasure()
    {
        var editor = _fixture.Get<CampaignEditor>();
        Assert.Null(await editor.ChangeStateAsync(CampaignFixture.Slug, CampaignState.Closed, Actor.Operator));
        var closed = ClosedAt();
        _fixture.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Null(await editor.ChangeStateAsync(CampaignFixture.Slug, CampaignState.Archived, Actor.Operator));
        Assert.Equal(closed, ClosedAt());
        Assert.Equal("wrong-state", await ChangeAsync(draft => draft with { Goal = 9 }));
    }

    [Theory]
    [InlineData("lower")]
    [InlineData("riskier")]
    [InlineData("renamed")]
    [InlineData("narrower")]
    [InlineData("gone")]
    public async Task Less_risky_recipient_invalidates_its_packets(string change)
    {
        await _fixture.ConfirmAsync("kari@example.org");
        await _fixture.SealAsync();
        var id = await ReadyPacketAsync();
        Assert.Null(await ChangeAsync(draft => draft with { Goal = 8 }));
        Assert.Equal("ready", Status(id));

        Assert.Null(
            await ChangeAsync(draft =>
                draft with
                {
                    Recipients =
                        change == "gone"
                            ? []
                            :
                            [
                                .. draft.Recipients.Select(recipient =>
                                    change switch
                                    {
                                        "lower" => recipient with { MaxDisclosure = Disclosure.Count },
                                        "riskier" => recipient with { Risk = Recipient.HighRisk },
                                        "renamed" => recipient with { Name = "Another name" },
                                        _ => recipient with { Countries = ["NL"] },
                                    }
                                ),
                            ],
                }
            )
        );
        Assert.Equal("stale", Status(id));
        var packets = _fixture.Get<PacketStore>();
        Assert.Null(packets.OpenFile(id));
        // A rebuilt packet contains only what the recipient may still see.
        var recipient = _fixture.Get<PacketReader>().FindRecipient(packets.Find(id)!);
        Assert.Equal(change is "gone" or "narrower", recipient is null);
    }

    [Theory]
    [InlineData("lower", true)]
    [InlineData("higher", false)]
    [InlineData("wider", false)]
    [InlineData("tamer", false)]
    [InlineData("renamed", false)]
    public void Consent_covers_a_recipient_that_sees_no_more_than_before(string change, bool agreed)
    {
        var before = new Recipient(
            "r",
            "R",
            "There",
            ["GB"],
            Recipient.HighRisk,
            Disclosure.Initials,
            DateTimeOffset.UnixEpoch
        );
        var after = new DraftRecipient("r", "R", "There", ["GB"], Recipient.HighRisk, Disclosure.Initials);
        Assert.True(CampaignChangeRules.IsStillCovered(before, after));
        after = change switch
        {
            "lower" => after with { MaxDisclosure = Disclosure.Count },
            "higher" => after with { MaxDisclosure = Disclosure.Name },
            "wider" => after with { Countries = null },
            "tamer" => after with { Risk = Recipient.LowRisk },
            _ => after with { Name = "Another name" },
        };
        Assert.Equal(agreed, CampaignChangeRules.IsStillCovered(before, after));
    }

    [Fact]
    public async Task Recipient_that_may_see_more_counts_as_added_now()
    {
        var added = Current.Recipients[0].AddedAt;
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(
            await ChangeAsync(draft =>
                draft with
                {
                    Recipients = [draft.Recipients[0] with { Risk = Recipient.HighRisk }],
                }
            )
        );
        Assert.Equal(added, Current.Recipients[0].AddedAt);
        Assert.Null(
            await ChangeAsync(draft => draft with { Recipients = [draft.Recipients[0] with { Countries = null }] })
        );
        Assert.True(Current.Recipients[0].AddedAt > added);
    }

    [Fact]
    public async Task Signature_that_races_with_closing_is_refused()
    {
        var read = Current;
        Assert.Null(
            await _fixture
                .Get<CampaignEditor>()
                .ChangeStateAsync(CampaignFixture.Slug, CampaignState.Closed, Actor.Operator)
        );
        var signature = new NewSignature(
            null,
            EmailAddress.Parse("late@example.org").Address!,
            "GB",
            null,
            "en",
            Disclosure.Count,
            false,
            read.Text("en").Hash
        );
        var refusal = await _fixture.Get<SigningStore>().SignAsync(read, signature, null);
        Assert.Equal("campaign-closed", refusal?.Code);
        Assert.Equal(0, _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM signatures")));
    }

    private Campaign Current => _fixture.Get<CampaignStore>().Find(CampaignFixture.Slug)!;

    // The builder is not under test, so the row is written as the builder leaves it.
    private async Task<long> ReadyPacketAsync()
    {
        var order = new PacketRequest("embassy-london", null, Disclosure.Name, "en", null, Csv: false);
        var id = (await _fixture.Get<PacketStore>().RequestAsync(Current, order, null, Actor.Operator)).Value;
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE packets SET status = 'ready', file_key = @key, file_name = 'none' WHERE id = @id",
                new { id, key = new byte[1] }
            )
        );
        return id;
    }

    private string Status(long id) => _fixture.Get<PacketStore>().Find(id)!.Status;

    private long ClosedAt() =>
        _fixture.Query(connection => connection.QuerySingle<long>("SELECT closed_at FROM campaigns"));

    private async Task<string?> ChangeAsync(Func<CampaignDraft, CampaignDraft> change) =>
        (
            await _fixture
                .Get<CampaignEditor>()
                .ChangeAsync(
                    CampaignFixture.Slug,
                    current => change(Example.DraftOf(current)),
                    Actor.Operator,
                    mayEraseSooner: true
                )
        )
            .Refusal
            ?.Code;
}
