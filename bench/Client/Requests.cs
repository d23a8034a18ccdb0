namespace Campaigns.Bench.Client;

/// <summary>
/// The requests of a load: writes the next one into the buffer and returns its length, or 0 when
/// there are no more. Must be thread-safe.
/// </summary>
internal delegate int Requests(Span<byte> buffer);
