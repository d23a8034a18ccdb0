namespace Campaigns.Worker.Packets.Documents;

/// <summary>A text and how many people in the packet had signed it at the cut-off.</summary>
public sealed record SignedText(PetitionText Text, long Confirmed);
