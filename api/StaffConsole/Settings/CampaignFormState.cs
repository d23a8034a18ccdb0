using System.Globalization;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>What the page of the form shows.</summary>
public sealed record CampaignFormState
{
    public required CampaignForm Form { get; init; }

    /// <summary>The campaign that is changed; null for a new one.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>True if people have signed it.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The version that the form began with; null for the current one.</summary>
    public string? Version
    {
        get => field ?? Campaign?.Version.ToString(CultureInfo.InvariantCulture);
        init;
    }

    /// <summary>Why the form comes back.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>What another member changed since the form was opened.</summary>
    public IReadOnlyList<CampaignDifference> Differences { get; init; } = [];

    /// <summary>What the change does to those who signed; to be confirmed.</summary>
    public IReadOnlyList<CampaignConsequence> Consequences { get; init; } = [];
}
