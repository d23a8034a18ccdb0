using System.Net;
using System.Security.Cryptography;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Numbers the bursts of signatures that a network limit holds, so that staff decide about a burst
/// at once. Which network a number belongs to is in memory only, as a hash under a key of this
/// process, because a stored one would tie signatures to networks. After a restart, and in another
/// process, the same burst gets another number.
/// </summary>
public sealed class HoldWaves
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<(long CampaignId, string Network), (long Wave, DateTimeOffset Last)> _waves = [];
    private readonly Lock _gate = new();
    private DateTimeOffset _forgotten;

    /// <summary>The wave of a signature that a network limit holds now.</summary>
    internal long Join(long campaignId, IPAddress network, DateTimeOffset now)
    {
        var hash = HMACSHA256.HashData(_key, NetworkRequestCounter.NetworkOf(network));
        var key = (campaignId, Convert.ToHexString(hash));
        lock (_gate)
        {
            RemoveOld(now);
            var wave =
                _waves.TryGetValue(key, out var known) && SigningRules.ContinuesWave(known.Last, now)
                    ? known.Wave
                    : NewNumber();
            _waves[key] = (wave, now);
            return wave;
        }
    }

    // Once per gap, because each pass reads all waves.
    private void RemoveOld(DateTimeOffset now)
    {
        if (SigningRules.ContinuesWave(_forgotten, now))
            return;
        _forgotten = now;
        foreach (var (key, _) in _waves.Where(wave => !SigningRules.ContinuesWave(wave.Value.Last, now)).ToList())
            _waves.Remove(key);
    }

    // Random, because a number that grows would tell the order of the waves of a sensitive campaign.
    private static long NewNumber() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & long.MaxValue;
}
