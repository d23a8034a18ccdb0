using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Counts requests by network without storing addresses: it stores a hash under a random key of the
/// day, in a table without signature ids. Deleting the key makes the hashes untraceable.
/// </summary>
public sealed class NetworkRequestCounter(KeyRing keys)
{
    public const string Sign = "sign";
    public const string Find = "find";

    private const string InsertKey =
        "INSERT INTO network_keys (day, sealed_key) VALUES (@day, @sealedKey) ON CONFLICT (day) DO NOTHING";

    private const string Add = """
        INSERT INTO network_requests (day, network_hash, hour, kind, writer, value)
        VALUES (@day, @hash, @hour, @kind, @writer, @requests)
        ON CONFLICT (day, network_hash, hour, kind, writer)
        DO UPDATE SET value = network_requests.value + excluded.value
        """;

    private const string Total = """
        SELECT network_hash, CAST(SUM(value) AS bigint) FROM network_requests {batch}
        WHERE day = @day AND network_hash = @hash AND hour = @hour AND kind = @kind GROUP BY network_hash
        """;

    private (string Day, byte[] Key) _today = ("", []);

    /// <summary>
    /// The part of an address that identifies a subscriber: a whole IPv4 address, the first 64 bits
    /// of an IPv6 address.
    /// </summary>
    public static byte[] NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes;
    }

    /// <summary>The row id under which the key of a day is encrypted.</summary>
    internal static long NumberOf(string day) => Instant.TryParseDate(day, out var date) ? date.DayNumber : 0;

    /// <summary>
    /// Counts requests. Returns for each the number of its kind from its network in this hour,
    /// itself included; 0 without a network. Uncommitted counts of other processes may be missing.
    /// </summary>
    internal IReadOnlyList<long> Count(WriteTransaction write, IReadOnlyList<IPAddress?> addresses, string kind)
    {
        var day = Instant.Text(Instant.Day(write.Now));
        var key = KeyOf(write, day);
        var networks = addresses
            .Where(address => address is not null)
            .Distinct()
            .ToDictionary(
                address => address!,
                address => new Network(HMACSHA256.HashData(key, NetworkOf(address!))[..16])
            );
        var byHash = networks.Values.DistinctBy(network => network.Name).ToDictionary(network => network.Name);
        foreach (
            var (name, total) in write.ReadEach(Total, [.. byHash.Values], Bind, row =>
                (Convert.ToHexString(row.Blob(0)), row.Long(1))
            )
        )
            byHash[name].Before = total;
        var counts = addresses
            .Select(address =>
                address is null ? 0 : ++byHash[networks[address].Name].Requests + byHash[networks[address].Name].Before
            )
            .ToList();
        foreach (var network in byHash.Values)
        {
            var statement = write.Prepare(Add);
            Bind(statement, network);
            statement.Set("@writer", write.Writer).Set("@requests", network.Requests).Defer();
        }
        return counts;

        void Bind(Statement statement, Network network) =>
            statement.Set("@day", day).Set("@hash", network.Hash).Set("@hour", write.Now.Hour).Set("@kind", kind);
    }

    // Only the writer thread calls this. The first request of the next day replaces the key in memory.
    private byte[] KeyOf(WriteTransaction write, string day)
    {
        if (_today.Day == day)
            return _today.Key;
        var number = NumberOf(day);
        var fresh = keys.Encryptor.Encrypt("network_keys", "sealed_key", number, RandomNumberGenerator.GetBytes(32));
        write.Connection.Execute(InsertKey, new { day, sealedKey = fresh });
        var stored = write.Connection.QuerySingle<byte[]>(
            "SELECT sealed_key FROM network_keys WHERE day = @day",
            new { day }
        );
        var key = keys.Encryptor.Decrypt("network_keys", "sealed_key", number, stored);
        write.AfterCommit(() => _today = (day, key));
        return key;
    }

    private sealed class Network(byte[] hash)
    {
        public byte[] Hash { get; } = hash;

        public string Name { get; } = Convert.ToHexString(hash);

        public long Before { get; set; }

        public long Requests { get; set; }
    }
}
