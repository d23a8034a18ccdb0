using System.Text;

namespace Campaigns.Bench.Client;

/// <summary>
/// Signature requests, one for each person. All bodies have one length, so that a request is a copy
/// with a few bytes changed. With forwarding they come from 65,536 IPv6 networks through a proxy.
/// </summary>
internal sealed class SignRequests
{
    private const string Digits = "000000000";
    private const string Network = "ffff";
    private static readonly byte[][] _countries = [.. new[] { "GB", "NL", "NO", "DE" }.Select(Encoding.ASCII.GetBytes)];

    private readonly byte[] _request;
    private readonly int _digits;
    private readonly int _country;
    private readonly int _network;
    private int _people;

    /// <param name="path">The address of signing.</param>
    /// <param name="forwarded">Whether the requests come from different networks.</param>
    /// <param name="first">The number of the first person.</param>
    public SignRequests(string path, bool forwarded = false, int first = 0)
    {
        var body =
            $$$"""{"name":"Kari Nordmann","email":"person{{{Digits}}}"""
            + """@example.org","country":"NO","locality":"Bergen","disclosure":"name","consents":{"sign":true}}""";
        var proxy = forwarded ? $"X-Forwarded-For: 2001:db8:0:{Network}::1\r\n" : "";
        var request =
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{proxy}Content-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
        _request = Encoding.ASCII.GetBytes(request);
        _digits = request.LastIndexOf(Digits, StringComparison.Ordinal);
        _country = request.IndexOf("\"NO\"", StringComparison.Ordinal) + 1;
        _network = forwarded ? request.IndexOf(Network, StringComparison.Ordinal) : -1;
        _people = first;
    }

    /// <summary>The number of the last person who has signed.</summary>
    public int People => _people;

    public int Next(Span<byte> buffer) => Write(buffer, Interlocked.Increment(ref _people));

    /// <summary>The requests of the next <paramref name="count"/> people.</summary>
    public Requests Only(int count)
    {
        var last = _people + count;
        return buffer =>
        {
            var person = Interlocked.Increment(ref _people);
            if (person <= last)
                return Write(buffer, person);
            Interlocked.Decrement(ref _people);
            return 0;
        };
    }

    private int Write(Span<byte> buffer, int person)
    {
        _request.CopyTo(buffer);
        _countries[person % _countries.Length].CopyTo(buffer[_country..]);
        person.TryFormat(buffer.Slice(_digits, Digits.Length), out _, "D9", provider: null);
        if (_network >= 0)
            (person & 0xFFFF).TryFormat(buffer.Slice(_network, Network.Length), out _, "x4", provider: null);
        return _request.Length;
    }
}
