using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Campaigns.Db.Keys;
using Campaigns.Db.Writes;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Counts requests by network without keeping addresses: a hash under a random key of the day, in a table without signature ids. Once the
/// key is destroyed nobody can tell which network a hash was.
/// </summary>
public sealed class NetworkTally(KeyRing keys)
{
    public const string Sign = "sign";
    public const string Find = "find";

    private const string InsertKey = "INSERT INTO network_keys (day, sealed_key) VALUES (@day, @sealedKey) ON CONFLICT (day) DO NOTHING";

    private const string Add = """
        INSERT INTO network_requests (day, network_hash, hour, kind, value) VALUES (@day, @hash, @hour, @kind, 1)
        ON CONFLICT (day, network_hash, hour, kind) DO UPDATE SET value = network_requests.value + 1
        """;

    private const string Total = "SELECT value FROM network_requests WHERE day = @day AND network_hash = @hash AND hour = @hour AND kind = @kind";

    private (string Day, byte[] Key) _today = ("", []);

    /// <summary>The part of an address that one subscriber has: an IPv4 address whole, of IPv6 the first 64 bits.</summary>
    public static byte[] NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes;
    }

    /// <summary>What stands for the row's id where the key of a day is sealed.</summary>
    internal static long NumberOf(string day) => Instant.TryParseDate(day, out var date) ? date.DayNumber : 0;

    /// <summary>Counts one request and returns how many of its kind this network now has in this hour.</summary>
    internal long Count(WriteTransaction write, IPAddress address, string kind)
    {
        var day = Instant.Text(Instant.Day(write.Now));
        var hash = HMACSHA256.HashData(KeyOf(write, day), NetworkOf(address))[..16];
        Bind(Add).Run();
        return Bind(Total).ReadLong();

        Statement Bind(string sql) => write.Prepare(sql).Set("@day", day).Set("@hash", hash).Set("@hour", write.Now.Hour).Set("@kind", kind);
    }

    // Only the writer thread comes here. The key in memory is dropped by the next day's first signing.
    private byte[] KeyOf(WriteTransaction write, string day)
    {
        if (_today.Day == day) return _today.Key;
        var number = NumberOf(day);
        var fresh = keys.Sealer.Seal("network_keys", "sealed_key", number, RandomNumberGenerator.GetBytes(32));
        write.Connection.Execute(InsertKey, new { day, sealedKey = fresh });
        var stored = write.Connection.QuerySingle<byte[]>("SELECT sealed_key FROM network_keys WHERE day = @day", new { day });
        var key = keys.Sealer.Open("network_keys", "sealed_key", number, stored);
        write.AfterCommit(() => _today = (day, key));
        return key;
    }
}
