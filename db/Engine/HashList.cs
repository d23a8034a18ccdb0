using System.Globalization;
using Dapper;

namespace Campaigns.Db.Engine;

/// <summary>
/// Values by their hash, which one statement looks for. Each hash is a parameter of its own,
/// because the databases have no list of bytes in common.
/// </summary>
internal sealed class HashList<TValue>
{
    private readonly Dictionary<string, TValue> _values = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>The parameters of the statement, with those of the hashes.</summary>
    public DynamicParameters Parameters { get; }

    /// <param name="parameters">The other parameters of the statement.</param>
    public HashList(object parameters) => Parameters = new DynamicParameters(parameters);

    /// <summary>The list in SQL, such as <c>(@hash0, @hash1)</c>; not empty.</summary>
    public string Sql => $"({string.Join(", ", _names)})";

    public TValue this[byte[] hash] => _values[Convert.ToHexString(hash)];

    public void Add(byte[] hash, TValue value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@hash{_names.Count}");
        Parameters.Add(name, hash);
        _names.Add(name);
        _values.Add(Convert.ToHexString(hash), value);
    }
}
