using Campaigns.Crypto;
using Campaigns.Db.Keys;

namespace Campaigns.Api.Endpoints.Ledger;

internal static class PublishedKeys
{
    /// <summary>
    /// All signing keys, old ones included, so that old heads and manifests can be verified.
    /// </summary>
    public static JwkSet From(KeyRing keys)
    {
        var set = new JwkSet();
        foreach (var signing in keys.Signing)
        {
            using var key = signing.Open();
            set.Add(key);
        }
        return set;
    }
}
