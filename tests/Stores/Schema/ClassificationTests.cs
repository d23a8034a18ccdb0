using System.Text;
using Campaigns.Db.Schema;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Schema;

public sealed class ClassificationTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Every_column_of_the_schema_is_classified()
    {
        var columns = _fixture.Query(TestSql.Columns);
        Assert.Equal([], columns.Except(Classification.Columns.Keys));
        Assert.Equal([], Classification.Columns.Keys.Except(columns));
    }

    [Fact]
    public async Task Personal_data_is_in_no_plain_column_and_encrypted_columns_are_encrypted()
    {
        var id = await SignAsync("Canary.Bird@canary-address.example", "Canarýa Förnamn", "Canaryville");
        Assert.Null(
            (
                await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(Crypto.LinkPurpose.Confirm, id))
            ).Refusal
        );
        await SignAsync("second.canary@canary-address.example", "Canarýa Two", "Canaryville");
        await _fixture.SubscribeAsync("news.canary@canary-address.example");
        await _fixture.RequestUpdatesAsync("asks.canary@canary-address.example");
        await _fixture.SealAllAsync();

        string[] canaries = ["canary", "Canar", "Förnamn"];
        foreach (var ((table, column), kind) in Classification.Columns)
        {
            foreach (var value in Values(table, column))
            {
                var bytes =
                    value as byte[]
                    ?? Encoding.UTF8.GetBytes(
                        Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!
                    );
                foreach (var canary in canaries)
                {
                    Assert.False(
                        Contains(bytes, Encoding.UTF8.GetBytes(canary)),
                        $"{table}.{column} holds what a signer typed."
                    );
                    Assert.False(
                        Contains(bytes, Encoding.Unicode.GetBytes(canary)),
                        $"{table}.{column} holds what a signer typed."
                    );
                }
                if (kind != ColumnClass.Encrypted)
                    continue;
                // Key version, nonce and tag come first. The value does not decrypt under another row's id.
                Assert.True(value is byte[] { Length: > 29 }, $"{table}.{column} is not encrypted.");
                Assert.ThrowsAny<Exception>(() => _fixture.Database.Keys.Encryptor.Decrypt(table, column, 0, bytes));
            }
        }
        Assert.NotEmpty(Values("signatures", "contact"));
        Assert.NotEmpty(Values("signatures", "person"));
        Assert.NotEmpty(Values("subscribers", "address"));
        Assert.NotEmpty(Values("signatures", "ledger_key"));
    }

    private List<object> Values(string table, string column) =>
        _fixture.Query(connection =>
            connection
                .Query<object>($"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
                .Select(row => ((IDictionary<string, object>)row)[column])
                .ToList()
        );

    private static bool Contains(byte[] bytes, byte[] part) => bytes.AsSpan().IndexOf(part) >= 0;

    private async Task<long> SignAsync(string email, string name, string locality)
    {
        var signature = new NewSignature(
            name,
            EmailAddress.Parse(email).Address!,
            "GB",
            locality,
            "en",
            Disclosure.Name,
            true,
            _fixture.Campaign.Text("en").Hash
        );
        await _fixture.Get<SigningStore>().SignAsync(_fixture.Campaign, signature, System.Net.IPAddress.Loopback);
        return _fixture.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM signatures"));
    }
}
