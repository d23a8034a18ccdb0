using System.Globalization;
using Dapper;

namespace Campaigns.Db.Engine;

/// <summary>
/// A list of hashes in an SQL text. Each is a parameter of its own, because the databases have no
/// list of bytes in common.
/// </summary>
internal static class HashList
{
    /// <summary>Adds the hashes and returns the list, such as <c>(@hash0, @hash1)</c>.</summary>
    public static string Add(DynamicParameters parameters, IEnumerable<byte[]> hashes)
    {
        var names = new List<string>();
        foreach (var hash in hashes)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"hash{names.Count}");
            parameters.Add(name, hash);
            names.Add("@" + name);
        }
        return $"({string.Join(", ", names)})";
    }
}
