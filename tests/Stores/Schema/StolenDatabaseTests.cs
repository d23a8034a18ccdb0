using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Schema;

/// <summary>
/// An attacker has the database without the keys, and a list of addresses. The attacker must not
/// find out that one of them signed.
/// </summary>
public sealed class StolenDatabaseTests : IAsyncLifetime
{
    private static readonly string[] _guesses = ["Kari.Nordmann@Example.org", "ola@example.org", "unknown@example.org"];
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Guessed_addresses_match_nothing_in_a_database_without_its_keys()
    {
        await _fixture.ConfirmAsync(_guesses[0]);
        var erased = await _fixture.ConfirmAsync(_guesses[1]);
        await _fixture.SealAsync();
        await _fixture.EraseAsync(erased);
        await _fixture.SealAllAsync();
        await _fixture.SubscribeAsync(_guesses[0]);
        await _fixture.UnsubscribeAsync(await _fixture.SubscribeAsync(_guesses[1]));

        var values = Values();
        var texts = values.OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var targets = values
            .OfType<byte[]>()
            .Where(bytes => bytes.Length >= 16)
            .Select(Start)
            .Concat(Commitments().Select(hex => hex[..32]))
            .ToHashSet(StringComparer.Ordinal);

        // Every unkeyed hash of the likely messages.
        foreach (var message in _guesses.SelectMany(Messages))
        {
            foreach (
                var hash in (byte[][])[SHA256.HashData(message), SHA384.HashData(message), SHA512.HashData(message)]
            )
            {
                Assert.DoesNotContain(Start(hash), targets);
                Assert.DoesNotContain(Convert.ToHexStringLower(hash), texts);
                Assert.DoesNotContain(Convert.ToBase64String(hash), texts);
            }
        }
        // Every keyed hash with anything in the database that could be a key: every 32 consecutive bytes of
        // every value.
        foreach (var key in CandidateKeys(values))
            foreach (var message in _guesses.SelectMany(Messages))
                Assert.DoesNotContain(Start(HMACSHA256.HashData(key, message)), targets);
    }

    [Fact]
    public async Task Same_attack_with_the_keys_finds_the_signer()
    {
        var id = await _fixture.ConfirmAsync(_guesses[0]);
        await _fixture.SealAsync();
        var sealedKey = _fixture.Query(connection =>
            connection.QuerySingle<byte[]>("SELECT ledger_key FROM signatures WHERE id = @id", new { id })
        );
        var key = _fixture.Database.Keys.Encryptor.Decrypt("signatures", "ledger_key", id, sealedKey);
        var found = _guesses
            .SelectMany(Messages)
            .Where(message => Commitments().Contains(Convert.ToHexStringLower(HMACSHA256.HashData(key, message))));
        Assert.EndsWith(
            "kari.nordmann@example.org",
            Encoding.UTF8.GetString(Assert.Single(found)),
            StringComparison.Ordinal
        );

        var index = _fixture.Query(connection =>
            connection.QuerySingle<byte[]>("SELECT blind_index FROM signatures WHERE id = @id", new { id })
        );
        Assert.Equal(
            index,
            _fixture.Database.Keys.BlindIndex.Compute(_fixture.Campaign.Id, "kari.nordmann@example.org")
        );
    }

    private IEnumerable<byte[]> Messages(string address)
    {
        var id = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(id, _fixture.Campaign.Id);
        foreach (var email in (string[])[address, EmailAddress.Parse(address).Address!.Normalised])
        {
            yield return [.. id, .. Encoding.UTF8.GetBytes(email)];
            string[] before =
            [
                "",
                CampaignFixture.Slug,
                $"{CampaignFixture.Slug}\n",
                $"{_fixture.Campaign.Id}",
                $"{_fixture.Campaign.Id}\n",
                $"campaign-ledger-v1\n{CampaignFixture.Slug}\n{_fixture.Campaign.Text("en").Hash}\nGB\n",
            ];
            foreach (var words in before)
                yield return Encoding.UTF8.GetBytes(words + email);
        }
    }

    /// <summary>The first 128 bits, the length of the shortest stored hash.</summary>
    private static string Start(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 16));

    private HashSet<string> Commitments() =>
        [.. _fixture.Lines().Select(line => LedgerLine.Parse(line)!.Commitment).OfType<string>()];

    private List<object> Values() =>
        _fixture.Query(connection =>
            TestSql
                .Columns(connection)
                .Select(column => column.Table)
                .Distinct()
                .SelectMany(table =>
                    connection
                        .Query($"SELECT * FROM {table}")
                        .SelectMany(row => ((IDictionary<string, object>)row).Values)
                )
                .Where(value => value is string or byte[])
                .ToList()
        );

    private static IEnumerable<byte[]> CandidateKeys(IEnumerable<object> values)
    {
        yield return [];
        foreach (var value in values)
        {
            if (value is not byte[] bytes)
            {
                yield return Encoding.UTF8.GetBytes((string)value);
                continue;
            }
            for (var at = 0; at + 32 <= bytes.Length; at++)
                yield return bytes[at..(at + 32)];
        }
    }
}
