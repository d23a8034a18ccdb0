using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Finds lines by commitment, among millions, in twelve bytes per line. A commitment prefix gives a
/// few line numbers, usually one; the caller compares the lines themselves.
/// </summary>
internal sealed class CommitmentIndex
{
    private const int Digits = 2 * sizeof(ulong);

    private readonly List<ulong> _keys = [];
    private readonly List<int> _numbers = [];
    private bool _sorted = true;

    /// <summary>Adds line <paramref name="n"/> of kind add; the commitment is in hex.</summary>
    public void Add(string commitment, long n)
    {
        _keys.Add(
            ulong.Parse(commitment.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        );
        _numbers.Add(checked((int)n));
        _sorted = false;
    }

    /// <summary>The numbers of lines that may have this commitment.</summary>
    public IEnumerable<long> Find(byte[] commitment)
    {
        Sort();
        var key = BinaryPrimitives.ReadUInt64BigEndian(commitment);
        var at = _keys.BinarySearch(key);
        while (at > 0 && _keys[at - 1] == key)
            at--;
        for (; at >= 0 && at < _keys.Count && _keys[at] == key; at++)
            yield return _numbers[at];
    }

    private void Sort()
    {
        if (_sorted)
            return;
        CollectionsMarshal.AsSpan(_keys).Sort(CollectionsMarshal.AsSpan(_numbers));
        _sorted = true;
    }
}
