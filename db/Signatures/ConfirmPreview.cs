namespace Campaigns.Db.Signatures;

/// <summary>
/// What the confirm page shows above its button, so that the signer sees what they confirm.
/// </summary>
public sealed record ConfirmPreview(
    long CampaignId,
    string State,
    bool Held,
    string? Name,
    string? Locality,
    string Country,
    Disclosure Disclosure,
    bool Updates,
    string Locale,
    string TextHash
);
