namespace Campaigns.Bench.Client;

/// <summary>
/// The requests of a load: writes the next one into the buffer and returns its length, 0 when there
/// are no more. Called by several at once.
/// </summary>
internal delegate int Requests(Span<byte> buffer);
