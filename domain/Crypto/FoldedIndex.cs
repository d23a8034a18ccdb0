namespace Campaigns.Crypto;

/// <summary>
/// The mailbox of an address within a campaign, under one version of the index key.
/// </summary>
/// <param name="Index">The hash of the folded address.</param>
/// <param name="Untagged">The blind index of the folded address, if it is another address.</param>
public sealed record FoldedIndex(byte[] Index, byte[]? Untagged);
