using Campaigns.Db.Signatures;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>The campaign of <see cref="PacketFixture"/>, and signatures in bulk.</summary>
internal static class PacketCampaign
{
    public static CampaignDraft Draft(string slug) =>
        new()
        {
            Slug = slug,
            Organisation = "Example Rights International",
            Controller = new("Example Rights International", "privacy@example.org"),
            PrivacyNotice = new("1", "We keep little."),
            Texts =
            [
                new(
                    "en",
                    "Investigate the persecution",
                    "We ask you to investigate.\n\nWe ask you to protect witnesses."
                ),
                new("nl", "Onderzoek de vervolging", "Wij vragen u te onderzoeken."),
            ],
            Goal = 100,
            Countries = [new("GB", 50, "en"), new("NL", 50, "nl"), new("NO", 50, "nb")],
            Recipients =
            [
                new("embassy", "Embassy, London", "1 Palace Gardens\nLondon", null, Recipient.LowRisk, Disclosure.Name),
                new(
                    "embassy-oslo",
                    "Embassy, Oslo",
                    "Drammensveien 1\nOslo",
                    ["NO"],
                    Recipient.HighRisk,
                    Disclosure.Initials
                ),
            ],
            AllowedOrigins = [],
        };

    /// <summary>Inserts thousands of signatures as rows; their ledger lines are not real.</summary>
    public static async Task<long> FillAsync(this PacketFixture fixture, int count)
    {
        const int Batch = 2_000;
        var encryption = fixture.Get<SignatureEncryption>();
        var now = fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (var from = 0; from < count; from += Batch)
        {
            var first = from;
            await fixture.Database.Writes.RunAsync(write =>
            {
                var (signatures, entries) = (new List<object?[]>(), new List<object?[]>());
                for (var n = first; n < Math.Min(first + Batch, count); n++)
                {
                    var id = write.NextId();
                    using var row = encryption.Row(id);
                    var person = row.Person($"Person Number {n}", n % 3 == 0 ? null : "Newcastle upon Tyne");
                    var at = now + (n * 1_000L);
                    signatures.Add([id, fixture.Campaign.Id, "confirmed", "GB", "GB", "name", at, person, at, n]);
                    entries.Add([fixture.Campaign.Id, n, "add", "GB", "", fixture.Campaign.Text("en").Hash, id]);
                    write.Count(fixture.Campaign.Id, "GB", "confirmed", 1);
                    write.CountDay(fixture.Campaign.Id, Instant.Day(Instant.FromMilliseconds(at)), "GB", 1);
                }
                TestSql.Insert(
                    write.Connection,
                    """
                    signatures (id, campaign_id, state, country, line_country, disclosure, disclosed_at,
                        person, confirmed_at, ledger_n)
                    """,
                    signatures
                );
                TestSql.Insert(
                    write.Connection,
                    "ledger_entries (campaign_id, n, kind, country, line, text_hash, signature_id)",
                    entries
                );
                return true;
            });
        }
        return await fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO ledger_heads (campaign_id, size, root, sealed_at, counts, jws, journaled)
                VALUES (@campaign, @count, @root, 0, '{}', '', 1)
                """,
                new
                {
                    campaign = fixture.Campaign.Id,
                    count,
                    root = new string('0', 64),
                }
            )
        );
    }
}
