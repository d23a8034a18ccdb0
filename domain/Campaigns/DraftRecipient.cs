namespace Campaigns;

public sealed record DraftRecipient(
    string Key,
    string Name,
    string Address,
    IReadOnlyList<string>? Countries,
    string Risk,
    Disclosure MaxDisclosure
);
