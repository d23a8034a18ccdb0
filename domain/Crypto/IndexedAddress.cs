namespace Campaigns.Crypto;

/// <summary>An address as <see cref="BlindIndex"/> finds it.</summary>
/// <param name="Version">The version of the index key.</param>
/// <param name="Index">16 bytes.</param>
public sealed record IndexedAddress(int Version, byte[] Index);
