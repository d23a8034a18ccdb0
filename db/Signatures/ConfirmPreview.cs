namespace Campaigns.Db.Signatures;

/// <summary>
/// What the confirm page shows above its button, so that the signer sees what they confirm.
/// </summary>
public sealed record ConfirmPreview(
    long CampaignId,
    string State,
    string? Name,
    string Country,
    Disclosure Disclosure,
    bool Updates,
    string Locale,
    string TextHash
);
